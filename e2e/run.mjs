// Runs the journeys and prints `N passed, N failed`.

import { mkdir, readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import { launch } from "./lib/browser.mjs";
import { Journey, SHOTS } from "./lib/journey.mjs";
import { Server } from "./lib/server.mjs";

const LONGEST = 10 * 60 * 1000;
/** So many servers at the same time. */
const LANES = Math.max(1, Math.min(3, availableParallelism()));

const words = process.argv.slice(2);
const folder = join(import.meta.dirname, "journeys");
const files = (await readdir(folder)).filter((file) => file.endsWith(".mjs")).sort();
const journeys = [];
for (const file of files) {
  const journey = { file, ...(await import(join(folder, file))) };
  if (words.length === 0 || words.some((word) => `${file} ${journey.name}`.includes(word))) journeys.push(journey);
}

const browser = await launch();
let [passed, failed] = [0, 0];
// Journeys that share a server go one after another; those of different servers go side by side.
const groups = await grouped(journeys);
const lane = async () => {
  for (let group = groups.shift(); group; group = groups.shift()) await inOrder(group);
};
await Promise.all(Array.from({ length: LANES }, lane));
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Journeys with the server that they share; the largest group first, so that no lane is left with it at the end. */
async function grouped(journeys) {
  const groups = new Map();
  for (const journey of journeys) {
    const wanted = journey.server ? await journey.server() : { name: "shared" };
    const key = wanted.name ?? journey.file;
    const group = groups.get(key) ?? { wanted, journeys: [] };
    group.journeys.push(journey);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.journeys.length - a.journeys.length);
}

/** Walks journeys one after another on one server. */
async function inOrder({ wanted, journeys }) {
  let server = null;
  for (const journey of journeys) server = await walk(journey, wanted, server);
  await server?.close();
}

/** Walks one journey, on the server that is there or on a new one. Answers the server. */
async function walk({ file, name, run }, wanted, server) {
  const begin = performance.now();
  let journey = null;
  try {
    server ??= await Server.start(wanted);
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
  }
  return server;
}

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
