import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";
import { nearExpiry } from "../lib/server.mjs";

export const name = "By keyboard alone: a renewal is filed, a case is accepted and reviewed";
export const server = nearExpiry;

/** Tab after tab until the wanted thing has the focus; nothing may hold it back. */
async function tabTo(page, name, { role, most = 120 } = {}) {
  for (let tab = 0; tab < most; tab++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const here = document.activeElement;
      const style = getComputedStyle(here);
      return {
        text: (here.labels?.[0]?.innerText ?? here.innerText ?? here.value ?? "").trim(),
        tag: here.tagName,
        // A visible focus: an outline of its own, on the control or on what stands for it.
        seen: style.outlineStyle !== "none" || here.matches("input[type=radio], input[type=checkbox], input[type=file]"),
      };
    });
    if (!found.text.includes(name) || (role && found.tag !== role)) continue;
    assert.ok(found.seen, `the focus on "${name}" can be seen`);
    return;
  }
  assert.fail(`Tab never came to "${name}" on ${page.url()}`);
}

async function enter(page) {
  await Promise.all([page.waitForEvent("domcontentloaded", { timeout: 30_000 }), page.keyboard.press("Enter")]);
  await page.waitForLoadState("load");
}

export async function run(t) {
  const former = await t.step("a seal near its expiry", () =>
    quick.seal(t, { unit: "province", name: "福建省数字政务示范厅合同专用章" }),
  );
  const agent = await t.as(former.agent);
  const work = { ...former };

  await t.step("the keys are listed under ?, and Escape closes the list", async () => {
    await agent.goto("/desk");
    await agent.keyboard.press("?");
    await agent.getByRole("dialog", { name: "快捷键" }).waitFor();
    await t.look(agent, "keys");
    await agent.keyboard.press("Escape");
    await agent.getByRole("dialog", { name: "快捷键" }).waitFor({ state: "hidden" });
  });

  await t.step("filing: from the desk to the seal by search, and on to the submission", async () => {
    await agent.keyboard.press("Control+k");
    await agent.keyboard.type(former.code);
    await enter(agent);
    if (!agent.url().endsWith(former.seal)) {
      await tabTo(agent, former.name, { role: "A" });
      await enter(agent);
    }
    await tabTo(agent, "办理延期", { role: "BUTTON" });
    await enter(agent);
    Object.assign(work, office.whereabouts(agent));
    await tabTo(agent, "办理电子印章的理由");
    await agent.keyboard.type("合同专用章即将到期，继续用于网上签订政府采购合同，申请延期。");
    await tabTo(agent, "保存理由", { role: "BUTTON" });
    await enter(agent);
    await tabTo(agent, "下一步：核对提交", { role: "A" });
    await enter(agent);
    await tabTo(agent, "提交单位审批", { role: "BUTTON" });
    await enter(agent);
    await t.sees(agent, "已办理「提交");
    work.number = (await agent.locator(".page-head .mono").first().innerText()).trim();
  });

  await t.step("approval: N leads to what is to be done", async () => {
    const approver = await t.as(former.approver);
    await approver.goto("/desk");
    await approver.keyboard.press("j");
    await enter(approver);
    assert.ok(approver.url().endsWith(work.path), approver.url());
    await tabTo(approver, "同意", { role: "BUTTON" });
    await enter(approver);
    await t.sees(approver, "已办理「单位审批同意」");
    await quick.handIn(t, work);
  });

  await t.step("acceptance: papers registered, every point answered, accepted", async () => {
    const maker = await t.as(accounts.maker);
    await quick.receivePapers(maker, work);
    await maker.goto("/desk");
    await maker.keyboard.press("j");
    await enter(maker);
    assert.ok(maker.url().endsWith(work.path), maker.url());
    await maker.keyboard.press("n");
    await enter(maker);
    await maker.waitForURL(/\/acceptance$/);
    await maker.keyboard.press("j");
    await maker.keyboard.press("y");
    await maker.keyboard.press("Shift+A");
    await tabTo(maker, "受理，提交初审", { role: "BUTTON" });
    await enter(maker);
    await t.sees(maker, "已受理，提交印章审核员初审");
  });

  await t.step("first review", async () => {
    const reviewer = await t.as(accounts.reviewer);
    await reviewer.goto("/desk");
    await reviewer.keyboard.press("j");
    await enter(reviewer);
    assert.ok(reviewer.url().endsWith(work.path), reviewer.url());
    await reviewer.keyboard.press("n");
    await enter(reviewer);
    await reviewer.waitForURL(/\/review$/);
    await reviewer.keyboard.press("j");
    await reviewer.keyboard.press("y");
    await reviewer.keyboard.press("Shift+A");
    await tabTo(reviewer, "通过，提交终审", { role: "BUTTON" });
    await enter(reviewer);
    await reviewer.waitForURL(new RegExp(`${work.path}$`));
    await agent.goto(work.path);
    await t.sees(agent, "部门领导终审");
  });

  await t.step("single keys can be switched off", async () => {
    await agent.keyboard.press("?");
    await agent.getByLabel(/使用单键快捷键/).setChecked(false);
    await agent.keyboard.press("Escape");
    await agent.keyboard.press("?");
    assert.equal(await agent.getByRole("dialog", { name: "快捷键" }).count(), 0);
  });
}
