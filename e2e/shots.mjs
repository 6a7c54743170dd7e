// One picture of every page, desktop and phone, for everybody: into YINXIN_SHOTS (default target/shots).

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { accounts } from "./lib/accounts.mjs";
import { launch } from "./lib/browser.mjs";
import { crawl } from "./lib/crawl.mjs";
import { Journey, SHOTS } from "./lib/journey.mjs";
import { overflow, violations } from "./lib/page-checks.mjs";
import { Server } from "./lib/server.mjs";

const words = process.argv.slice(2);
const people = [["public", null], ...Object.entries(accounts)].filter(
  ([person]) => words.length === 0 || words.some((word) => person.includes(word)),
);

await mkdir(SHOTS, { recursive: true });
const [browser, server] = [await launch(), await Server.start()];
const journey = new Journey({ name: "shots", browser, server });
let pictures = 0;
for (const [person, account] of people) {
  for (const phone of [false, true]) {
    const page = account ? await journey.as(account, { phone }) : await journey.visitor({ phone });
    const start = account ? new URL(page.url()).pathname : "/";
    await crawl(page, start, async (page, name, response) => {
      // A public page looks the same to everybody: its picture is taken once.
      if (account && !/^(desk|case|seal|application|admin)/.test(name)) return;
      const file = `${person}-${name}-${phone ? "phone" : "desktop"}.png`;
      await page.screenshot({ path: join(SHOTS, file), fullPage: true });
      pictures += 1;
      const remarks = await violations(page);
      const wide = await overflow(page);
      if (wide > 0) remarks.push(`${wide} px wider than the window`);
      if (response.status() >= 400) remarks.push(`answered ${response.status()}`);
      console.log(`${file}  ${new URL(page.url()).pathname}${remarks.map((remark) => `\n    ${remark}`).join("")}`);
    });
  }
  await journey.close();
}
for (const problem of new Set(journey.problems)) console.log(problem);
await browser.close();
await server.close();
console.log(`${pictures} pictures in ${SHOTS}`);
process.exit(0);
