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
  // Desk and phone are walked side by side. Pictures of every page: `node shots.mjs`.
  for (const account of PEOPLE) await Promise.all([false, true].map((phone) => everyPage(t, account, phone)));
}

async function everyPage(t, account, phone) {
  const page = account ? await t.as(account, { phone }) : await t.visitor({ phone });
  const start = account ? "/desk" : "/";
  let seen = 0;
  const look = async (page, _, response) => {
    const at = `${account ?? "visitor"}, ${phone ? "phone" : "desktop"}: ${page.url()}`;
    t.step_ = at;
    seen += 1;
    assert.ok(response.status() < 400, `${response.status()} from a link: ${at}`);
    assert.notEqual((await page.title()).trim(), "", `a title: ${at}`);
    assert.equal(await page.locator("h1").count(), 1, `one h1: ${at}`);
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN", at);
    await t.accessible(page);
    await t.fits(page);
  };
  await crawl(page, start, look, { within: start });
  assert.ok(seen >= 3, `${seen} pages of ${account ?? "the public"}`);
  await t.leave(page);
}
