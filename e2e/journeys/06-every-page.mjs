import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import { crawl } from "../lib/crawl.mjs";

export const name = "Every page that a link leads to can be read by everybody, on a desk and on a phone";

/** One person of each role; a public page is looked at once. */
const PEOPLE = [
  null,
  accounts.countyAgent,
  accounts.countyApprover,
  accounts.consolidator,
  accounts.maker,
  accounts.reviewer,
  accounts.leader,
  accounts.systemAdministrator,
  accounts.securityAdministrator,
  accounts.auditor,
];

export async function run(t) {
  // A picture shown by itself: the browser's own style for it is not let in.
  t.expectProblem(/\/materials\/.*Applying inline style/);
  for (const account of PEOPLE) {
    for (const phone of [false, true]) {
      const page = account ? await t.as(account, { phone }) : await t.visitor({ phone });
      await t.step(`${account ?? "visitor"}, ${phone ? "phone" : "desktop"}`, async () => {
        let seen = 0;
        const start = account ? "/desk" : "/";
        const look = async (page, name, response) => {
          t.step_ = `${account ?? "visitor"}, ${phone ? "phone" : "desktop"}: ${page.url()}`;
          seen += 1;
          assert.ok(response.status() < 400, `${response.status()} from a link`);
          assert.notEqual((await page.title()).trim(), "", "a title");
          assert.equal(await page.locator("h1").count(), 1, "one h1");
          assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
          await t.look(page, `${account ?? "public"}.${name}`);
        };
        await crawl(page, start, look, { within: start });
        assert.ok(seen >= 3, `${seen} pages`);
      });
      await t.leave(page);
    }
  }
}
