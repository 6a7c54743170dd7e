// Runs the journeys and prints `N passed, N failed`.

import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

import { launch } from "./lib/browser.mjs";
import { Journey, SHOTS } from "./lib/journey.mjs";
import { Server } from "./lib/server.mjs";

const LONGEST = 5 * 60 * 1000;

const words = process.argv.slice(2);
const folder = join(import.meta.dirname, "journeys");
const files = (await readdir(folder)).filter((file) => file.endsWith(".mjs")).sort();
const journeys = [];
for (const file of files) {
  const journey = { file, ...(await import(join(folder, file))) };
  if (words.length === 0 || words.some((word) => `${file} ${journey.name}`.includes(word))) journeys.push(journey);
}

const browser = await launch();
/** Servers that several journeys use, by their names. */
const shared = new Map();
let [passed, failed] = [0, 0];
for (const { file, name, run, server: own } of journeys) {
  const begin = performance.now();
  let server = null;
  let journey = null;
  try {
    const wanted = own ? await own() : { name: "shared" };
    server = shared.get(wanted.name) ?? (await Server.start(wanted));
    if (wanted.name) shared.set(wanted.name, server);
    journey = new Journey({ name, browser, server });
    await within(LONGEST, run(journey));
    const problems = journey.unexpected();
    if (problems.length > 0) throw new Error(`problems on the way:\n  ${problems.join("\n  ")}`);
    passed += 1;
    console.log(`PASS ${name} (${seconds(begin)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name} (${seconds(begin)} s)`);
    if (journey) console.log(`  at: ${journey.step_}`);
    console.log(indent(error.stack ?? String(error)));
    if (journey?.problems.length > 0) console.log(indent(`problems:\n${journey.problems.join("\n")}`));
    if (server) console.log(indent(`server:\n${server.tail()}`));
    await pictures(journey, file);
  } finally {
    await journey?.close();
    if (![...shared.values()].includes(server)) await server?.close();
  }
}
await browser.close();
for (const server of shared.values()) await server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Pictures and sources of every page that was open when it failed. */
async function pictures(journey, file) {
  await mkdir(SHOTS, { recursive: true });
  for (const [i, page] of (journey?.pages() ?? []).entries()) {
    const path = join(SHOTS, `failed-${file.replace(".mjs", "")}-${i}.png`);
    await page.screenshot({ path, fullPage: true }).catch(() => {});
    console.log(`  ${page.url()} → ${path}`);
  }
}

function within(milliseconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished after ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function seconds(begin) {
  return ((performance.now() - begin) / 1000).toFixed(1);
}

function indent(text) {
  return text.replace(/^/gm, "  ");
}
