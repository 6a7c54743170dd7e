import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { accounts } from "../lib/accounts.mjs";
import { creditCode, residentId } from "../lib/numbers.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";

export const name = "The three administrators: a unit and a person, posts and a deputy, the policy, locks, sessions, the ledger";
export const server = () => ({ name: "administration" });

const UNIT = "福建省数字档案示范馆";
const PERSON = { login: "zheng-yifan", name: "郑一帆", id: residentId("35010219880808123") };
const PASSWORD = "Wu-Yi-Shan-2026";

export async function run(t) {
  const system = await t.as(accounts.systemAdministrator);
  const security = await t.as(accounts.securityAdministrator);
  const county = await t.as(accounts.countyAgent);
  const code = creditCode("11350000DEM017001");
  let initial;
  let file;

  await t.step("the system administrator enters a unit; a wrong code is named", async () => {
    await system.goto("/desk/admin/units");
    await t.follow(system, "登记单位");
    await system.getByLabel("所属地市、县/区").selectOption({ index: 0 });
    await t.fill(system, {
      单位名称: UNIT,
      统一社会信用代码: `${code.slice(0, 17)}${code.endsWith("0") ? "1" : "0"}`,
      级别: { radio: /省/ },
      "电子印章主管处（室）": "信息化处",
      分管领导: "吴建平",
    });
    t.expectProblem(/status of 422/);
    await t.press(system, "保存");
    await t.sees(system, /校验/);
    await t.fill(system, { 统一社会信用代码: code });
    await t.press(system, "保存");
    await t.sees(system, "单位已登记");
    await t.look(system, "administration-unit");
  });

  await t.step("and a person, who cannot sign in before another has released the post", async () => {
    await system.goto("/desk/admin/accounts/new");
    await t.fill(system, {
      账号: PERSON.login,
      姓名: PERSON.name,
      身份证号: PERSON.id,
      岗位: "经办人",
      单位的统一社会信用代码: code,
      事由: "新任经办人，闽档〔2026〕8号",
    });
    await t.press(system, "建立账号并提请岗位");
    await t.sees(system, "岗位已提请");
    assert.equal(await system.getByRole("button", { name: "审核通过" }).count(), 0, "nobody releases their own proposal");
    await security.goto("/desk/notices");
    await t.sees(security, `提请了「${PERSON.name}的岗位变更」`);
    await security.goto("/desk/admin/proposals?state=waiting");
    await t.follow(security, `${PERSON.name}的岗位变更`);
    await t.look(security, "administration-proposal");
    await t.press(security, "审核通过");
    await t.sees(security, `账号：${PERSON.login}`);
    const shown = await security.locator("main .notice", { hasText: "初始密码" }).innerText();
    initial = shown.match(/[A-Za-z0-9-]{12,}/)[0];
    await security.reload();
    await t.seesNot(security, initial);
  });

  const person = await t.step("the first sign-in leads to a password of one's own, and nowhere else", async () => {
    const page = await t.visitor();
    await t.login(page, PERSON.login, initial);
    await t.sees(page, "请先修改初始密码");
    t.expectProblem(/status of 403/);
    await page.goto("/desk/seals");
    await t.sees(page, "password_due");
    await t.follow(page, "修改密码");
    await t.fill(page, { 原密码: initial, 新密码: PASSWORD, 再输一次新密码: PASSWORD });
    await t.press(page, "修改密码");
    await t.login(page, PERSON.login, PASSWORD);
    await t.sees(page, `${UNIT} · 经办人`);
    assert.equal(await page.locator("details.posts").count(), 0, "one post, nothing to switch");
    return page;
  });

  await t.step("a second post in another unit: switched in the head of every page, also by keyboard", async () => {
    await county.goto("/desk/unit");
    const unit = (await county.locator("dt", { hasText: "统一社会信用代码" }).first().locator("+ dd").innerText()).trim();
    await system.goto(`/desk/admin/accounts?text=${PERSON.login}`);
    await t.follow(system, PERSON.name);
    file = new URL(system.url()).pathname;
    const proposed = await quick.send(system, file, "/add", { role: "agent", unit, reason: "兼任" });
    await quick.send(security, proposed.location, "/release");
    await person.goto("/desk");
    const menu = person.locator("details.posts");
    await menu.locator("summary").focus();
    await person.keyboard.press("Enter");
    await menu.getByRole("button").first().waitFor();
    await t.look(person, "post-menu");
    await person.keyboard.press("Escape");
    assert.equal(await menu.getAttribute("open"), null, "Escape closes the menu");
    await menu.locator("summary").click();
    await t.press(person, "闽侯县政务服务示范局", { exact: false, within: menu });
    await t.sees(person, "（闽侯县政务服务示范局 · 经办人）");
    await person.setViewportSize({ width: 390, height: 844 });
    await menu.locator("summary").click();
    await t.shot(person, "post-menu");
    await t.press(person, UNIT, { exact: false, within: menu });
    await person.setViewportSize({ width: 1280, height: 900 });
    await t.sees(person, `（${UNIT} · 经办人）`);
  });

  await t.step("the county's approver goes away; the deputy approves under both names", async () => {
    const approver = await t.as(accounts.countyApprover);
    const work = await quick.file(t, { unit: "county", name: "闽侯县政务服务示范局" });
    await approver.goto("/desk/unit");
    const form = approver.locator("details.act", { has: approver.locator("select[name=deputy]") });
    await form.locator("summary").click();
    const own = await form.getByLabel("被代理的岗位").locator("option", { hasText: "单位审批人" }).first().getAttribute("value");
    await form.getByLabel("被代理的岗位").selectOption(own);
    await form.locator("select[name=deputy]").selectOption({ label: PERSON.name });
    await t.fill(form, { 到: tomorrow(), 事由: "外出学习" });
    await t.press(approver, "设定代理", { within: form });
    await t.sees(approver, "代理中");
    await t.look(approver, "deputy");
    await person.goto("/desk");
    const menu = person.locator("details.posts");
    await menu.locator("summary").click();
    await t.press(person, "单位审批人（代", { exact: false, within: menu });
    await quick.send(person, work.path, "/acts/approve_in_unit");
    await person.goto(work.path);
    await t.sees(person, new RegExp(`${PERSON.name}（代.+）`));
    await t.shot(person, "deputy-case");
  });

  await t.step("a policy that another released holds at once, on every page", async () => {
    const phone = "0591-88001234";
    const visitor = await t.visitor({ phone: true });
    await system.goto("/desk/admin/policy/edit");
    const reason = system.getByLabel("事由");
    await system.getByLabel("联系电话").fill(phone);
    await reason.fill("咨询电话调整");
    await t.press(system, "提请变更");
    await t.sees(system, "已提请");
    const proposal = new URL(system.url()).pathname;
    await visitor.goto("/about");
    await t.seesNot(visitor, phone);
    await security.goto(proposal);
    await t.sees(security, phone);
    await t.press(security, "审核通过");
    await visitor.reload();
    await t.sees(visitor, phone);
    await system.goto("/desk/admin/policy");
    await t.sees(system, "现行规则为第 1 版");
    await t.look(system, "policy");
  });

  await t.step("wrong passwords lock an account; the security administrator lets it in again", async () => {
    t.expectProblem(/status of 4\d\d/);
    const page = await (await t.browser.newContext({ baseURL: t.server.url })).newPage();
    for (let time = 0; time < 12; time++) {
      await page.goto("/login");
      await page.locator("input[name=account]").fill(PERSON.login);
      await page.locator("input[name=password]").fill(`Not-It-${time}-2026`);
      await t.press(page, "登录");
      if ((await page.getByText("sign_in_resting").count()) > 0) break;
    }
    await t.sees(page, "sign_in_resting");
    await security.goto("/desk/admin/sessions");
    await t.look(security, "sessions");
    await t.follow(security, "已锁定的账号");
    await t.look(security, "locked");
    await t.follow(security, PERSON.name);
    const form = await office.unfold(security, "unlock");
    await t.press(security, "解除锁定", { within: form });
    await t.sees(security, "已解除锁定");
    await t.login(page, PERSON.login, PASSWORD);
    await page.context().close();
  });

  await t.step("a session is ended from the desk, and one of one's own from the profile", async () => {
    await security.goto("/desk/admin/sessions");
    const rows = security.getByRole("row", { name: PERSON.name });
    const before = await rows.count();
    assert.ok(before >= 2, "two browsers of the same person");
    for (const row of await rows.all()) await row.getByRole("checkbox").check();
    await t.press(security, "结束会话");
    await t.sees(security, "会话已结束");
    await person.goto("/desk");
    assert.match(person.url(), /\/login/, "signed out");
    await t.login(person, PERSON.login, PASSWORD);
    const other = await (await t.browser.newContext({ baseURL: t.server.url })).newPage();
    await t.login(other, PERSON.login, PASSWORD);
    await person.goto("/desk/profile");
    await t.look(person, "profile-sessions");
    await person.locator("main .tick input").first().check();
    await t.press(person, "结束所选会话");
    await t.sees(person, "会话已结束");
    await other.goto("/desk");
    assert.match(other.url(), /\/login/, "the other browser is signed out");
    await person.goto("/desk");
    assert.match(person.url(), /\/desk/);
    await other.context().close();
  });

  await t.step("the auditor finds it all, exports it, and that is in the ledger too", async () => {
    const auditor = await t.as(accounts.auditor);
    for (const [kind, words] of [
      ["登记单位", "周立"],
      ["岗位变更通过", "增加岗位"],
      ["设定代理", "被代理人编号"],
      ["规则变更通过", "联系电话"],
      ["账号锁定", PERSON.login],
      ["解除锁定", "安全管理员"],
      ["结束会话", "安全管理员"],
    ]) {
      await auditor.goto("/desk/admin/ledger");
      await t.fill(auditor, { 事项: kind });
      await t.press(auditor, "筛选");
      await t.sees(auditor, new RegExp(words));
    }
    const sheet = await t.download(auditor, () => auditor.getByRole("link", { name: "导出 XLSX" }).click());
    assert.match(sheet.name, /^审计账本-\d{8}\.xlsx$/);
    await auditor.goto("/desk/admin/ledger");
    await t.seesNot(auditor.locator("main table"), "其他事项");
    await t.sees(auditor.locator("main table"), "导出名单");
    await t.look(auditor, "ledger");
    await t.follow(auditor, "核对与导出");
    await t.press(auditor, "核对账本是否完整");
    await t.sees(auditor, /完整/);
    await t.fill(auditor, { 事项: "结束会话" });
    const proofs = await t.download(auditor, () => auditor.getByRole("button", { name: "导出（JSON Lines）" }).click());
    const lines = (await readFile(proofs.path, "utf8")).trim().split("\n").map((line) => JSON.parse(line));
    assert.ok(lines.length >= 3, "each ended session with its proof");
    await auditor.goto("/desk/admin/ledger");
    await t.sees(auditor.locator("main table"), "导出账本");
    t.expectProblem(/status of 403/);
    await system.goto("/desk/admin/ledger");
    await t.sees(system, /wrong_role|forbidden/);
  });
}

/** Tomorrow in Beijing, as a field wants it. */
function tomorrow() {
  return new Date(Date.now() + (24 + 8) * 3600_000).toISOString().slice(0, 16);
}
