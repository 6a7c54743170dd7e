import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";

export const name = "The Center announces: written by one, published by another, read by everybody, withdrawn; found by keyboard";
export const server = () => ({ name: "administration" });

const TITLE = "关于平台停机维护的通知";
const TEXT = "各有关单位：\n因系统升级，平台定于2026年11月28日22时至24时停机维护。<b>不是标签</b>\n特此通知。";

export async function run(t) {
  const maker = await t.as(accounts.maker);
  const leader = await t.as(accounts.leader);
  const visitor = await t.visitor();
  const phone = await t.visitor({ phone: true });
  let desk;

  await t.step("the maker writes it; a person's number is refused", async () => {
    await visitor.goto("/bulletins");
    await t.sees(visitor, "暂无通知公告");
    await maker.goto("/desk/bulletins");
    await t.look(maker, "bulletins-empty");
    await t.follow(maker, "起草通知公告");
    await t.fill(maker, { 标题: TITLE, 正文: `${TEXT}\n联系人手机：13800001234` });
    t.expectProblem(/status of 4(22|09)/);
    await t.press(maker, "保存草稿");
    await t.sees(maker, "text_personal");
    await t.fill(maker, { 正文: TEXT });
    await t.press(maker, "保存草稿");
    await t.sees(maker, "已保存");
    desk = new URL(maker.url()).pathname;
    await t.look(maker, "bulletin-draft");
    await t.press(maker, "提请发布", { within: maker.locator("details.act#handed_in") });
    await t.sees(maker, "待发布");
    assert.equal(await maker.locator("details.act#published").count(), 0, "not one's own");
  });

  await t.step("the leader sends it back once, then publishes it", async () => {
    await leader.goto("/desk/notices");
    await t.sees(leader, TITLE);
    await leader.goto(desk);
    await t.look(leader, "bulletin-waiting");
    const back = await office.unfold(leader, "sent_back");
    await t.fill(back, { 修改意见: "请写明咨询电话" });
    await t.press(leader, "退回修改", { within: back });
    await maker.goto(desk);
    await t.sees(maker, "请写明咨询电话");
    const form = maker.locator("form", { has: maker.getByRole("button", { name: "保存", exact: true }) });
    await t.fill(form, { 正文: `${TEXT}\n咨询电话：0591-86303903` });
    await t.press(maker, "保存", { within: form });
    await t.press(maker, "提请发布", { within: maker.locator("details.act#handed_in") });
    await leader.goto(desk);
    await t.press(leader, "发布", { within: leader.locator("details.act#published") });
    await t.sees(leader, "已发布");
    await t.look(leader, "bulletin-published");
  });

  await t.step("everybody reads it: home, list, page, feeds", async () => {
    for (const page of [visitor, phone]) {
      await page.goto("/");
      await t.look(page, "home-bulletins");
      await t.follow(page, TITLE);
      await t.sees(page, "<b>不是标签</b>");
      assert.equal(await page.locator("article.bulletin p:not(.muted)").count(), 4, "a line is a paragraph");
      await t.look(page, "bulletin");
      await page.goto("/announcements");
      await t.look(page, "announcements");
      await page.getByRole("link", { name: "通知公告", exact: true }).first().click();
      await t.sees(page, TITLE);
      await t.look(page, "bulletins");
    }
    const json = await (await visitor.request.get("/bulletins/feed.json")).json();
    assert.equal(json.items[0].title, TITLE);
    assert.ok(json.items[0].url.endsWith("/bulletins/1"));
    const atom = await visitor.request.get("/bulletins/feed.atom");
    const text = await atom.text();
    assert.ok(text.includes("&lt;b&gt;不是标签&lt;/b&gt;"), "escaped");
    const again = await visitor.request.get("/bulletins/feed.atom", { headers: { "if-none-match": atom.headers().etag } });
    assert.equal(again.status(), 304);
  });

  await t.step("withdrawn with a reason: it leaves list and feed, and its page says why", async () => {
    await leader.goto(desk);
    const form = await office.unfold(leader, "withdrawn");
    await t.fill(form, { 撤回原因: "维护改期" });
    await t.press(leader, "撤回", { within: form });
    await visitor.goto("/bulletins");
    await t.seesNot(visitor, TITLE);
    await visitor.goto("/bulletins/1");
    await t.sees(visitor, "维护改期");
    await t.seesNot(visitor, "特此通知");
    await t.look(visitor, "bulletin-withdrawn");
    const feed = await (await visitor.request.get("/bulletins/feed.json")).json();
    assert.equal(feed.items.length, 0);
    await maker.goto("/desk/bulletins?state=withdrawn");
    await t.sees(maker, TITLE);
    await t.look(maker, "bulletins-desk");
  });

  await t.step("Ctrl-K: answers while one types, chosen by arrow, opened by Enter, closed by Escape", async () => {
    await maker.goto("/desk");
    await maker.keyboard.press("Control+k");
    await maker.keyboard.type("闽侯");
    const palette = maker.getByRole("listbox", { name: "搜索结果" });
    await palette.getByRole("option").first().waitFor();
    await t.look(maker, "palette");
    await maker.keyboard.press("Escape");
    await palette.waitFor({ state: "hidden" });
    await maker.keyboard.type("县");
    await palette.getByRole("option").first().waitFor();
    await maker.keyboard.press("ArrowDown");
    assert.equal(await palette.locator("[aria-selected=true]").count(), 1);
    await Promise.all([maker.waitForEvent("domcontentloaded"), maker.keyboard.press("Enter")]);
    assert.notEqual(new URL(maker.url()).pathname, "/desk");
    await phone.goto("/login");
    await phone.getByRole("button", { name: "长者模式" }).click();
    await phone.waitForLoadState("load");
    await t.look(phone, "login-elder");
    await phone.getByRole("button", { name: "标准模式" }).click();
  });
}
