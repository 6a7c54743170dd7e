import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as ofd from "../lib/ofd.mjs";

export const name = "Loss of control: reported on a phone, by telephone, several at once; resumed, cancelled, announced";
export const server = () => ({ name: "losses" });

export async function run(t) {
  const first = await sealOf(t, "闽侯县政务服务示范局合同专用章", { special: true });
  const second = await sealOf(t, "闽侯县政务服务示范局业务专用章");
  const agent = await t.as(accounts.countyAgent);
  const phone = await t.as(accounts.countyAgent, { phone: true });
  const visitor = await t.visitor();

  await t.step("two presses from the home on a phone: reported and suspended", async () => {
    await phone.goto("/desk");
    await t.look(phone, "home-with-loss-button");
    await t.follow(phone, "报告丢失、失控");
    await t.sees(phone, "不分昼夜");
    await t.look(phone, "loss-report");
    t.expectProblem(/status of 422/);
    await t.fill(phone, { 情况说明: "昨夜办公室被盗，口令记录一并丢失。" });
    await t.press(phone, "报告并立即停用");
    await t.sees(phone, "请至少勾选一枚丢失或失控的印章");
    assert.equal(await phone.getByLabel("情况说明").inputValue(), "昨夜办公室被盗，口令记录一并丢失。");
    await phone.getByRole("checkbox", { name: first.name }).check();
    await t.press(phone, "报告并立即停用");
    await t.sees(phone, "印章已立即停用并公示");
    await t.sees(phone.locator("h1"), "停用");
    await t.look(phone, "seal-lost");
  });

  await t.step("the public sees 停用 at once, by code and on a page of its own", async () => {
    await visitor.goto(`/status?code=${first.code}`);
    await t.sees(visitor.locator(".verdict"), "停用");
    await visitor.goto(`/announcements?status=suspended&q=${first.code}`);
    await t.look(visitor, "announcements-filtered");
    await visitor.getByRole("row", { name: first.code }).getByRole("link").first().click();
    await t.sees(visitor, "丢失、失控");
    await t.look(visitor, "announcement");
    assert.doesNotMatch(await visitor.locator("main").innerText(), /林晓梅|被盗/);
    const smallVisitor = await t.visitor({ phone: true });
    await smallVisitor.goto(visitor.url());
    await t.look(smallVisitor, "announcement");
  });

  await t.step("it cannot stamp", async () => {
    await agent.goto(`/desk/stamping?seal=${first.id}`);
    assert.equal(await agent.getByRole("radio", { name: first.name, exact: false }).count(), 0);
  });

  await t.step("the follow-up is listed with its date, and its case begins from there", async () => {
    await agent.goto("/desk/losses");
    const row = agent.getByRole("row", { name: first.code });
    await t.sees(row, "待办补办或撤销");
    await t.look(agent, "losses");
    await phone.goto("/desk/losses");
    await t.look(phone, "losses");
    await row.getByRole("link", { name: "办理补办" }).click();
    await agent.waitForLoadState();
    assert.match(agent.url(), /business=reissue/);
    await t.sees(agent, "印章补办");
  });

  const maker = await t.as(accounts.maker);
  await t.step("the special situation of its form stands in a register of its own", async () => {
    for (const page of [agent, phone, maker]) {
      await page.goto("/desk/specials");
      await t.look(page, page === maker ? "specials-center" : "specials-unit");
      await page.getByRole("row", { name: first.code }).getByRole("link").first().click();
      await page.waitForURL(/\/desk\/specials\/[0-9a-f-]+$/);
      await t.sees(page, "一种印模样式绑定多枚数字证书");
      await t.look(page, page === maker ? "special-center" : "special-unit");
    }
    const approver = await t.as(accounts.countyApprover);
    await approver.goto(new URL(agent.url()).pathname);
    const form = await office.unfold(approver, "end");
    await t.fill(form, { 终止的理由: "内外网业务系统已合并。" });
    await t.press(approver, "终止", { within: form });
    await t.sees(approver.locator("h1"), "已终止");
    await t.look(approver, "special-ended");
  });

  await t.step("by telephone at night: suspended provisionally, called back in the morning", async () => {
    await maker.goto("/desk/seals");
    await t.look(maker, "province-register");
    await t.fill(maker, { 关键字: second.code });
    await t.press(maker, "筛选");
    await maker.getByRole("row", { name: second.code }).getByRole("link").first().click();
    await maker.waitForURL(/\/desk\/seals\/[0-9a-f-]+$/);
    const form = await office.unfold(maker, "loss");
    await t.fill(form, { 来电人姓名: "林晓梅", 情况说明: "夜间来电，暂未能回拨。" });
    await t.press(maker, "报告并立即停用");
    await t.sees(maker, "尚未回拨核实");
    await t.look(maker, "seal-call-unverified");
    await maker.goto("/desk/losses");
    await t.sees(maker.getByRole("row", { name: second.code }), "待回拨核实");
    await t.look(maker, "losses-center");
    await maker.getByRole("row", { name: second.code }).getByRole("link", { name: "回拨核实" }).click();
    await maker.waitForURL(/\/desk\/seals\/[0-9a-f-]+$/);
    await t.press(maker, "登记回拨核实");
    await t.sees(maker, "已登记回拨核实");
  });

  await t.step("the unit finds it and asks for it; somebody else resumes it", async () => {
    await agent.goto(second.path);
    const ask = await office.unfold(agent, "ask_resumption");
    await t.fill(ask, { 申请恢复的理由: "印章在档案柜找到，核查无异常使用。" });
    await t.press(agent, "申请恢复");
    await t.sees(agent, "已申请恢复使用");
    await t.look(agent, "seal-resumption-asked");
    const reviewer = await t.as(accounts.reviewer);
    await reviewer.goto("/desk/losses");
    await reviewer.getByRole("row", { name: second.code }).getByRole("link", { name: "审核恢复" }).click();
    await reviewer.waitForURL(/\/desk\/seals\/[0-9a-f-]+$/);
    const form = reviewer.locator("#resume");
    await t.fill(form, { 恢复使用的理由: "已核实保管情况。" });
    await t.press(reviewer, "恢复使用", { within: form });
    await t.sees(reviewer, "印章已恢复使用");
    await t.sees(reviewer.locator("h1"), "有效");
    await t.look(reviewer, "seal-resumed");
  });

  await t.step("the leader cancels by itself, with a basis that everybody reads", async () => {
    const leader = await t.as(accounts.leader);
    await leader.goto(first.path);
    const form = await office.unfold(leader, "cancel");
    await t.fill(form, { 注销理由: "持有单位逾期未办理补办或撤销。", "法律、法规依据": "经办人 13800000001" });
    await t.press(leader, "注销", { within: form });
    await t.sees(leader, "不能含有身份证号、手机号等个人信息");
    const again = leader.locator("#cancel");
    await t.fill(again, { "法律、法规依据": "《国务院关于在线政务服务的若干规定》" });
    await t.press(leader, "注销", { within: again });
    await t.sees(leader.locator("h1"), "注销");
    await t.look(leader, "seal-cancelled-ex-officio");
    await visitor.goto("/announcements");
    await visitor.getByRole("row", { name: first.code }).filter({ hasText: "依职权注销" }).getByRole("link").first().click();
    await t.sees(visitor, "国务院关于在线政务服务的若干规定");
  });

  await t.step("the feeds: Atom and JSON, with pages and 304", async () => {
    const atom = await visitor.request.get("/announcements/feed.atom");
    const text = await atom.text();
    assert.equal(atom.headers()["content-type"], "application/atom+xml; charset=utf-8");
    const problems = await visitor.evaluate((xml) => {
      const parsed = new DOMParser().parseFromString(xml, "application/xml");
      const wrong = [...parsed.querySelectorAll("parsererror")].map((error) => error.textContent);
      for (const entry of parsed.querySelectorAll("entry")) {
        for (const part of ["id", "title", "updated", "link"]) {
          if (!entry.querySelector(part)) wrong.push(`an entry without ${part}`);
        }
      }
      if (parsed.querySelectorAll("entry").length < 5) wrong.push("entries are missing");
      return wrong;
    }, text);
    assert.deepEqual(problems, []);
    assert.match(text, /tag:xxzx\.fujian\.gov\.cn,2026:seal-announcement\/1</);
    for (const header of [
      { "If-None-Match": atom.headers().etag },
      { "If-Modified-Since": atom.headers()["last-modified"] },
    ]) {
      const known = await visitor.request.get("/announcements/feed.atom", { headers: header });
      assert.equal(known.status(), 304, JSON.stringify(header));
    }
    const older = await (await visitor.request.get("/announcements/feed.json?before=3")).json();
    assert.deepEqual(older.items.map((item) => item._seal.number), [2, 1]);
    const wrong = await visitor.request.get("/announcements/feed.json?before=x'");
    assert.equal(wrong.status(), 400);
  });

  await t.step("the status of the seals on a file, and of a file without", async () => {
    await visitor.goto("/status");
    await t.look(visitor, "status-by-file");
    const plain = await ofd.document();
    await visitor.locator("#file").setInputFiles({ name: plain.name, mimeType: "application/ofd", buffer: Buffer.from(plain.bytes) });
    await t.press(visitor, "查询文件上的印章");
    await t.sees(visitor, "文件上没有找到电子印章");
  });

  await t.step("the unit's own register", async () => {
    await agent.goto("/desk/seals");
    await t.look(agent, "unit-register");
    await phone.goto("/desk/seals");
    await t.look(phone, "unit-register");
  });
}

/** A seal in use; a special one has a special situation in its form. */
async function sealOf(t, name, { special = false } = {}) {
  const work = special ? await office.fileSpecial(t, name) : await office.fileApplication(t, { name });
  for (const step of ["approveInUnit", "handIn", "handOver", "accept", "reviewFirst", "reviewFinal", "make", "collect"]) {
    await office[step](t, work);
  }
  const agent = await t.as(accounts.countyAgent);
  await agent.goto("/desk/seals");
  const row = agent.getByRole("row", { name });
  const path = await row.getByRole("link").first().getAttribute("href");
  const code = (await row.innerText()).match(/\b\d{14}\b/)[0];
  return { name, path, code, id: path.split("/").pop() };
}
