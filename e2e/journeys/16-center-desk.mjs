import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import { REASONS } from "../lib/office.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";

export const name = "The desks: bundles, paper originals, checking by keyboard, visitors, the stock of USB KEYs";
export const server = () => ({ name: "desks" });

const NAMES = ["闽侯县政务服务示范局", "闽侯县政务服务示范局合同专用章", "闽侯县政务服务示范局业务专用章"];

export async function run(t) {
  const consolidator = await t.as(accounts.consolidator);
  const maker = await t.as(accounts.maker);
  const reviewer = await t.as(accounts.reviewer);
  const agent = await t.as(accounts.countyAgent);
  const cases = [];

  await t.step("three cases of a county come to the consolidator", async () => {
    for (const name of NAMES) {
      const work = await quick.file(t, { unit: "county", name });
      await quick.approveInUnit(t, work);
      await quick.handIn(t, work);
      cases.push(work);
    }
    await consolidator.goto("/desk/hand-over");
    await t.sees(consolidator, "2 件原件未登记");
    await t.look(consolidator, "hand-over-unchecked");
  });
  const [first, second, third] = cases;

  await t.step("one lacks its letter: it is found missing, held back, and sent back", async () => {
    await consolidator.goto("/desk/paper-register");
    await t.look(consolidator, "paper-register");
    await consolidator.getByLabel("办件编号").fill(third.number);
    await consolidator.keyboard.press("Enter");
    await t.sees(consolidator, "原件在谁手里");
    const form = consolidator.locator("details.act#receive_paper");
    await form.getByRole("radiogroup", { name: "单位的申请红头函" }).getByRole("radio", { name: "缺少" }).check();
    await t.press(consolidator, "登记", { within: form });
    await t.sees(consolidator, "未找到，须补交");
    await t.look(consolidator, "paper-case");
    await consolidator.goto("/desk/hand-over");
    await t.sees(consolidator, "缺原件：单位的申请红头函");
    t.expectProblem(/status of 422/);
    await consolidator.getByRole("row", { name: third.number }).getByRole("checkbox").check();
    await t.press(consolidator, "递交勾选的办件");
    await t.sees(consolidator, "hand_over_incomplete");
    await office.fromQueue(t, consolidator, third);
    const back = await office.unfold(consolidator, "return_by_consolidator");
    await t.fill(back, { "第 1 项：关于": "单位的申请红头函" });
    await back.getByLabel("退回原因").first().selectOption({ label: "纸质原件未收到或不齐" });
    await back.getByLabel("问题和改法").first().fill("红头函原件没有随件寄来，请补寄。");
    await t.press(consolidator, "退回经办人", { within: back });
    await agent.goto(third.path);
    await t.sees(agent, "红头函原件没有随件寄来，请补寄。");
  });

  await t.step("two are registered and go to the Center in one bundle", async () => {
    for (const work of [first, second]) {
      await consolidator.goto(`/desk/paper-register?number=${encodeURIComponent(work.number)}`);
      await t.press(consolidator, "登记", { within: consolidator.locator("details.act#receive_paper") });
      await t.sees(consolidator, "汇总办理单位 谢丽娟");
    }
    await consolidator.goto("/desk/hand-over");
    assert.equal(await consolidator.locator(".chip", { hasText: "材料齐全" }).count(), 2);
    for (const work of [first, second]) {
      await consolidator.getByRole("row", { name: work.number }).getByRole("checkbox").check();
    }
    await t.look(consolidator, "hand-over");
    await t.press(consolidator, "递交勾选的办件");
    await t.sees(consolidator, "已递交 2 个办件");
    await t.sees(consolidator, /汇\d{4}-00001/);
    await t.look(consolidator, "bundle");
    const list = await consolidator.getByRole("link", { name: "打印递交清单" }).getAttribute("href");
    const paper = await consolidator.request.get(list);
    assert.equal(paper.status(), 200, "the list can be printed again");
    await consolidator.goto("/desk/bundles");
    await t.look(consolidator, "bundles");
  });

  await t.step("a number mistyped is said so in words", async () => {
    const wrong = first.number.slice(0, -1) + ((Number(first.number.at(-1)) + 1) % 10);
    await maker.goto(`/desk/paper-register?number=${encodeURIComponent(wrong)}`);
    await t.sees(maker, "case_number_check_digit");
  });

  await t.step("the Center registers what arrived, case by case", async () => {
    await maker.goto("/desk/paper-register");
    await t.look(maker, "paper-register-center");
    for (const work of [first, second]) {
      await maker.goto("/desk/paper-register");
      await maker.getByLabel("办件编号").fill(work.number);
      await maker.keyboard.press("Enter");
      await t.sees(maker, "寄送中心途中");
      await t.press(maker, "登记", { within: maker.locator("details.act#receive_paper") });
      await t.sees(maker.locator("h1"), "已收齐");
    }
    await maker.goto("/desk/paper-register");
    await t.sees(maker, "没有待收的纸质原件");
  });

  await t.step("acceptance without the mouse: a query becomes the notice, the next case opens by itself", async () => {
    await maker.goto(`${first.path}/acceptance`);
    await t.look(maker, "acceptance-split");
    const points = maker.locator("[data-point]");
    const scan = points.filter({ hasText: "已签字并加盖单位公章" }).first();
    const at = await scan.evaluate((point) => [...document.querySelectorAll("[data-point]")].indexOf(point));
    await maker.keyboard.press("j");
    for (let i = 0; i < at; i++) await maker.keyboard.press(i % 2 ? "1" : "y");
    const exhibit = await scan.getAttribute("data-exhibit");
    assert.ok(await maker.locator(`#${exhibit}`).isVisible(), "the scan lies beside its point");
    assert.equal(await maker.locator(".exhibit:visible").count(), 1);
    await maker.keyboard.press("+");
    await maker.keyboard.press("r");
    assert.match(await maker.locator(`#${exhibit} img`).getAttribute("style"), /rotate: 90deg/);
    await maker.keyboard.press("2");
    await maker.keyboard.type("，公章须压在签字上");
    await t.look(maker, "acceptance-query");
    await maker.keyboard.press("Escape");
    await maker.keyboard.press("Shift+A");
    await t.sees(maker, "1 项有问题，将写入整改通知。");
    await Promise.all([maker.waitForURL(`${second.path}/acceptance`), maker.keyboard.press("Control+Enter")]);
    await t.sees(maker, "整改通知已发给经办人");
    await t.sees(maker, "已为您打开下一件");
    await maker.keyboard.press("Shift+A");
    await t.sees(maker, "全部通过，可以受理。");
    await Promise.all([maker.waitForURL(second.path), maker.keyboard.press("Control+Enter")]);
    await t.sees(maker, "已受理，提交印章审核员初审");
    await agent.goto(first.path);
    await t.sees(agent, "公章须压在签字上");
  });

  await t.step("resubmitted, only what changed is asked again", async () => {
    await quick.send(agent, first.path, "/acts/resubmit", { remark: "已重新盖章" });
    await maker.goto(`${first.path}/acceptance`);
    await t.sees(maker, "上次已核对、本次未改动的");
    assert.equal(await maker.locator("ol.check-points").first().locator("[data-point]").count(), 1);
    await t.look(maker, "acceptance-again");
    await maker.keyboard.press("j");
    await maker.keyboard.press("y");
    await Promise.all([maker.waitForURL(first.path), maker.keyboard.press("Control+Enter")]);
    await t.sees(maker, "已受理，提交印章审核员初审");
  });

  await t.step("first review by keyboard; nothing passes unchecked", async () => {
    await reviewer.goto(`${second.path}/review`);
    await t.look(reviewer, "review-split");
    await Promise.all([reviewer.waitForEvent("domcontentloaded"), reviewer.keyboard.press("Control+Enter")]);
    await t.sees(reviewer, "checklist_incomplete");
    await reviewer.keyboard.press("Shift+A");
    await Promise.all([reviewer.waitForURL(`${first.path}/review`), reviewer.keyboard.press("Control+Enter")]);
    await t.sees(reviewer, "已办理「初审通过」");
  });

  await t.step("the next agent is warned of what was sent back most", async () => {
    const { location } = await quick.send(agent, "/desk/cases/new", "/desk/cases", { business: "new", seal_kind: "unit" });
    await agent.goto(location.replace(/\/seal$/, "/check"));
    await t.sees(agent, "最常见的退回原因");
    await t.sees(agent, "申请表未签字或盖章");
  });

  const unlock = {};
  await t.step("a seal on a USB KEY of the stock is made and handed out", async () => {
    const work = await quick.file(t, { name: "福建省数字政务示范厅", medium: "usb_key" });
    await quick.toProduction(t, work);
    t.expectProblem(/status of 422/);
    await maker.goto(`${work.path}/production`);
    const form = await office.unfold(maker, "present_key");
    await form.getByLabel("序列号").fill("NOT-IN-STOCK-1");
    await t.press(maker, "核验 USB KEY", { within: form });
    await t.sees(maker, "key_unknown");
    await quick.make(t, work, { serial: "YXKEY2026-0007" });
    await maker.goto("/desk/keys/YXKEY20260007");
    await t.sees(maker.locator("h1"), "已发出");
    await t.sees(maker, "福建省数字政务示范厅");
    await t.look(maker, "key");
    await quick.collect(t, work);
    await quick.choosePin(t, work);
    Object.assign(unlock, work);
  });

  await t.step("the agent books a half hour for the unlocking", async () => {
    const page = await t.as(accounts.provinceAgent);
    const seal = unlock.seal.split("/").pop();
    const { location } = await quick.send(page, `/desk/cases/new?business=unlock`, "/desk/cases", { seal });
    const path = location.match(/^\/desk\/cases\/[^/]+/)[0];
    const application = location.match(/applications\/([^/]+)/)[1];
    Object.assign(unlock, { path, application, wizard: `${path}/applications/${application}` });
    await quick.send(page, `${unlock.wizard}/papers`, "/letter", { reasons: REASONS });
    await quick.submit(t, unlock);
    for (const step of [quick.approveInUnit, quick.handIn, quick.accept, quick.reviewFirst, quick.reviewFinal]) {
      await step(t, unlock);
    }
    await page.goto(unlock.path);
    await t.follow(page, "预约到场时段");
    await t.look(page, "appointment");
    const phone = await t.as(accounts.provinceAgent, { phone: true });
    await phone.goto(`${unlock.path}/appointment`);
    await t.look(phone, "appointment");
    await page.locator("input[name=at]:not([disabled])").first().check();
    await t.press(page, "预约这个时段");
    await t.sees(page, "预约成功");
    await t.follow(page, await page.locator("dt", { hasText: "现场预约" }).locator("+ dd a").innerText());
    await t.press(page, "取消预约");
    await t.sees(page, "预约已取消");
  });

  await t.step("whoever comes unannounced is taken in; the wrong key is told from the right one", async () => {
    await maker.goto("/desk/appointments");
    await maker.getByLabel("办件编号").fill(unlock.number);
    await t.press(maker, "登记到场");
    await maker.waitForURL(`${unlock.path}/production`);
    const form = await office.unfold(maker, "present_key");
    await form.getByLabel("序列号").fill("YXKEY2026-0008");
    await t.press(maker, "核验 USB KEY", { within: form });
    await t.sees(maker, "wrong_key");
    await t.look(maker, "desk-wrong-key");
    await maker.goto(`${unlock.path}/production`);
    const again = await office.unfold(maker, "present_key");
    await again.getByLabel("序列号").fill("yxkey2026 0007");
    await t.press(maker, "核验 USB KEY", { within: again });
    await t.sees(maker, "已核验 USB KEY");
    await maker.goto("/desk/appointments");
    await t.sees(maker, unlock.number);
    await t.look(maker, "appointments");
  });

  await t.step("keys are received in batches and destroyed by two people", async () => {
    await maker.goto("/desk/keys");
    const form = await office.unfold(maker, "receive_keys");
    await t.fill(form, { 厂商: "飞天诚信", 型号: "ePass3000", 批次: "2026-11", 序列号: "FT0001~FT0020\nYXKEY20260001" });
    await t.press(maker, "登记入库", { within: form });
    await t.sees(maker, "key_already_in_stock");
    const again = await office.unfold(maker, "receive_keys");
    await again.getByLabel("序列号").fill("FT0001~FT0020");
    await t.press(maker, "登记入库", { within: again });
    await t.sees(maker, "已入库 20 把 USB KEY");
    await t.look(maker, "keys");
    await maker.goto("/desk/keys/FT0020");
    const propose = await office.unfold(maker, "propose_destruction");
    await propose.getByLabel("销毁理由").fill("外壳开裂，不能使用。");
    await t.press(maker, "提请销毁", { within: propose });
    await t.sees(maker.locator("h1"), "待销毁");
    assert.equal(await maker.locator("details.act#destroy").count(), 0, "not by the same person");
    await reviewer.goto("/desk/keys/FT0020");
    const destroy = await office.unfold(reviewer, "destroy");
    await t.press(reviewer, "监销确认", { within: destroy });
    await t.sees(reviewer.locator("h1"), "已销毁");
    await t.look(reviewer, "key-destroyed");
  });

  await t.step("statistics tell where it takes long and why cases come back", async () => {
    const leader = await t.as(accounts.leader);
    await leader.goto("/desk/statistics");
    await t.sees(leader, "申请表未签字或盖章");
    await t.sees(leader, "纸质原件未收到或不齐");
    await t.look(leader, "statistics");
  });

  await t.step("everything of it on a phone", async () => {
    const phone = await t.as(accounts.maker, { phone: true });
    for (const path of ["/desk/paper-register", "/desk/appointments", "/desk/keys", "/desk/keys/FT0020", "/desk/statistics", "/desk/bundles"]) {
      await phone.goto(path);
      await t.look(phone, `center${path.replaceAll("/", "-")}`);
    }
    const reading = await t.as(accounts.reviewer, { phone: true });
    await reading.goto(`${first.path}/review`);
    await t.look(reading, "review-split");
  });
}
