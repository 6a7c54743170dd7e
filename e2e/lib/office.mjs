// The people of the guide at their desks: each function is what one of them does in the browser, from their own desk
// to the page that says it is done. `work` carries what they hand on: the case, its number, later the seal.

import assert from "node:assert/strict";

import { accounts } from "./accounts.mjs";
import { file, imprint, paper } from "./pictures.mjs";

/** The PIN that the holders of these journeys choose. */
export const PIN = "Min-hou-2026";
/** Whose check character is right, and who does not exist. */
export const COLLECTOR = { name: "林晓梅", id: "350102199001011019" };
/** What the letter says. */
export const REASONS = "我局自2026年12月起在网上签发政务服务事项办理结果通知书，需要使用电子印章。";
/** Size of the imprint in mm. */
export const SIZE = 42;

/** The agent opens a case for a new seal. The page is then at the seal's step of the wizard. */
export async function openCase(t, page, kind = "单位印章") {
  await page.goto("/desk/cases/new");
  await t.fill(page, { 印章类型: { radio: kind } });
  await t.press(page, "填写申请表");
  const [, id, application] = page.url().match(/cases\/([^/]+)\/applications\/([^/]+)\/seal$/);
  return { id, application, path: `/desk/cases/${id}`, wizard: `/desk/cases/${id}/applications/${application}` };
}

/** The agent fills in everything that is asked and submits it to the unit's approver. */
export async function fileApplication(t, { agent = accounts.countyAgent, name = "闽侯县政务服务示范局" } = {}) {
  const page = await t.as(agent);
  const work = { ...(await openCase(t, page)), agent, name };
  await t.fill(page, {
    印章名称: name,
    印章功能类型: { radio: "法定名称章" },
    证书介质: { radio: "平台托管" },
  });
  await t.press(page, "保存，下一步");
  await bringImprint(t, page, name);
  await t.press(page, "保存，下一步");
  await page.waitForURL(/\/papers$/);
  await t.fill(page, { 办理电子印章的理由: REASONS });
  await t.press(page, "保存理由");
  await t.follow(page, "下一步：核对提交");
  await submit(t, work);
  return work;
}

/** An application with a special situation, submitted to the unit's approver. */
export async function fileSpecial(t, name) {
  const agent = accounts.countyAgent;
  const page = await t.as(agent);
  const work = { ...(await openCase(t, page)), agent, name };
  await t.fill(page, {
    印章名称: name,
    印章功能类型: { radio: "合同专用章" },
    证书介质: { radio: "平台托管" },
  });
  await t.press(page, "保存，下一步");
  await bringImprint(t, page, name);
  await t.press(page, "保存，下一步");
  await stateSpecialSituation(t, page, work);
  await t.fill(page, { 办理电子印章的理由: REASONS });
  await t.press(page, "保存理由");
  await t.follow(page, "下一步：核对提交");
  await submit(t, work);
  return work;
}

/** One imprint on several certificates: ticked, with statement and commitment. */
async function stateSpecialSituation(t, page, work) {
  await page.goto(`${work.wizard}/matter`);
  await page.getByRole("checkbox", { name: /一种印模样式绑定多枚数字证书/ }).check();
  await t.press(page, "保存，下一步");
  await page.goto(`${work.wizard}/papers`);
  for (const kind of ["情况说明", "承诺书"]) {
    const slot = page.locator(".slot", { has: page.getByRole("heading", { name: kind }) }).first();
    const photograph = await paper(t.browser, kind, "闽侯县政务服务示范局", "2026年11月22日");
    await slot.locator("input[type=file]").setInputFiles(file(`${kind}.jpg`, photograph, "image/jpeg"));
    await t.press(page, "上传", { within: slot });
    await t.sees(page, "已上传");
  }
}

/** The imprint's picture and its measured size, on the imprint's step. */
export async function bringImprint(t, page, name) {
  await page.getByLabel("印模图片").setInputFiles(await imprintFile(t, name));
  await t.fill(page, { "印章宽度（MM）": String(SIZE), "印章长度（MM）": String(SIZE) });
  await t.press(page, "保存，下一步");
  await page.waitForURL(/\/agent$/);
}

/** The scan of an imprint, SIZE mm wide. */
export async function imprintFile(t, name) {
  return file("印模.png", await imprint(t.browser, { name, diameter: SIZE }), "image/png");
}

/**
 * From the seal's own page: one press on the business's button. The page is then at the first step that asks something;
 * the work remembers the seal as `former`.
 */
export async function beginFromSeal(t, former, button) {
  const page = await t.as(former.agent);
  await page.goto(former.seal);
  await t.press(page, button);
  const { agent, approver, consolidator, name } = former;
  return { agent, approver, consolidator, name, former, ...whereabouts(page) };
}

/** Which case and application the wizard is open at, and at which step. */
export function whereabouts(page) {
  const { pathname } = new URL(page.url());
  const [, path, application, step] = pathname.match(/^(\/desk\/cases\/[^/]+)\/applications\/([^/]+)\/(\w+)$/);
  return { path, application, wizard: `${path}/applications/${application}`, step };
}

/** The steps of the wizard's rail. */
export function rail(page) {
  return page.locator(".rail li a").allInnerTexts();
}

/** On the step of the papers: why the unit needs it; then the last step, and 提交单位审批. */
export async function reasonsAndSubmit(t, page, work, reasons = REASONS) {
  await t.fill(page, { 办理电子印章的理由: reasons });
  await t.press(page, "保存理由");
  await t.follow(page, "下一步：核对提交");
  await submit(t, work);
}

/** Somebody sends the case back with one point: `act` is the form on its page, `about` what the point is about. */
export async function sendBack(t, account, work, act, about, words) {
  const page = await t.as(account);
  await fromQueue(t, page, work);
  const form = await unfold(page, act);
  await t.fill(form, { "第 1 项：关于": about });
  await form.getByLabel("问题和改法").first().fill(words);
  await t.press(page, act === "request_correction" ? "发出整改通知" : "退回经办人", { within: form });
  await t.sees(page, "已办理「");
}

/** The agent brings a better scan of the signed form, and submits again. */
export async function rescan(t, work) {
  const page = await t.as(work.agent);
  await page.goto(`${work.path}/papers`);
  const slot = page.locator(".slot", { hasText: "签字盖章扫描件" }).first();
  const photograph = await paper(t.browser, "申请表（重新扫描）", work.name);
  await slot.locator("input[type=file]").setInputFiles(file("申请表-2.jpg", photograph, "image/jpeg"));
  await t.press(page, "重新上传", { within: slot });
  await t.sees(page, "已上传");
  await resubmit(t, work, "已重新扫描。");
}

/** The agent submits the corrected case again. */
export async function resubmit(t, work, remark = "已按整改通知修改。") {
  const page = await t.as(work.agent);
  await page.goto(work.path);
  const form = await unfold(page, "resubmit");
  await form.getByLabel("修改说明").fill(remark);
  await t.press(page, "重新提交", { within: form });
  await t.sees(page, "已办理「重新提交」");
}

/** A seal's page says what has become of it. */
export async function sealIs(t, account, path, state) {
  const page = await t.as(account);
  await page.goto(path);
  await t.sees(page.locator("h1"), state);
  return page;
}

/** On the last step of the wizard: 提交单位审批. */
export async function submit(t, work) {
  const page = await t.as(work.agent);
  await t.press(page, "提交单位审批");
  await t.sees(page, "已办理「提交");
  work.number = (await page.locator(".page-head .mono").first().innerText()).trim();
}

/** The unit's approver agrees. */
export async function approveInUnit(t, work, approver = accounts.countyApprover) {
  const page = await t.as(approver);
  await fromQueue(t, page, work);
  await t.press(page, "同意");
  await t.sees(page, "已办理「单位审批同意」");
}

/** The agent uploads the scans that are still missing and hands the papers in. */
export async function handIn(t, work) {
  const page = await t.as(work.agent);
  await page.goto(`${work.path}/papers`);
  await uploadMissing(t, page);
  await page.goto(work.path);
  await t.press(page, "递交");
}

/** Uploads a photograph for every material that is marked as missing. */
export async function uploadMissing(t, page) {
  for (;;) {
    const slot = page.locator(".slot", { hasText: "缺少" }).first();
    if ((await slot.count()) === 0) return;
    const name = await slot.locator("h3").innerText();
    const photograph = await paper(t.browser, name, "闽侯县政务服务示范局", "2026年11月22日");
    await slot.locator("input[type=file]").setInputFiles(file(`${name}.jpg`, photograph, "image/jpeg"));
    // 重新上传, where a former scan shows a form that has changed since.
    await t.press(page, /^(重新)?上传$/, { within: slot });
    await t.sees(page, "已上传");
  }
}

/** The consolidator registers the papers and hands the case over to the Center. */
export async function handOver(t, work, consolidator = accounts.consolidator) {
  const page = await t.as(consolidator);
  await fromQueue(t, page, work);
  await receivePapers(t, page);
  await page.goto("/desk/hand-over");
  await page.getByRole("row", { name: work.number }).getByRole("checkbox").check();
  await t.press(page, "递交勾选的办件");
  await t.sees(page, "已递交 1 个办件");
}

/** On a case's page: the papers that are listed have arrived. */
export async function receivePapers(t, page) {
  const form = await unfold(page, "receive_paper");
  await t.press(page, "登记", { within: form });
  await t.sees(page, "已办理「登记");
}

/** The seal maker registers the papers, finds everything in order and accepts the case. */
export async function accept(t, work) {
  const page = await t.as(accounts.maker);
  await fromQueue(t, page, work);
  await receivePapers(t, page);
  await page.goto(`${work.path}/acceptance`);
  await page.keyboard.press("Shift+A");
  await t.press(page, "受理，提交初审");
  await t.sees(page, "已受理，提交印章审核员初审");
}

/** First review. */
export async function reviewFirst(t, work) {
  const page = await t.as(accounts.reviewer);
  await fromQueue(t, page, work);
  await t.follow(page, "对照材料审核");
  await page.keyboard.press("Shift+A");
  await t.press(page, "通过，提交终审");
  await t.sees(page, "已办理「");
}

/** Final review. */
export async function reviewFinal(t, work) {
  const page = await t.as(accounts.leader);
  await fromQueue(t, page, work);
  await t.follow(page, "对照材料审核");
  await page.keyboard.press("Shift+A");
  await t.press(page, "通过，转印章办理");
  await t.sees(page, "已办理「");
}

/** The seal maker has the seal made, and tells the agent to collect it. */
export async function make(t, work) {
  const page = await t.as(accounts.maker);
  await fromQueue(t, page, work);
  await t.follow(page, "进入印章办理");
  await t.press(page, "制作印章");
  await page.getByRole("link", { name: "印章档案" }).waitFor({ timeout: 60_000 });
  work.seal = await page.getByRole("link", { name: "印章档案" }).getAttribute("href");
  work.code = (await page.locator("dt", { hasText: "印章编码" }).locator("+ dd").innerText()).trim();
  assert.match(work.code, /^\d{14}$/);
  work.made = new Date();
  await t.press(page, "通知领取");
}

/** The seal is handed out at the Center's desk. */
export async function collect(t, work) {
  const page = await t.as(accounts.maker);
  await page.goto(`${work.path}/collection`);
  await fillCollection(t, page);
  await t.press(page, "登记领取，交付印章");
  await t.sees(page, "领取已登记，印章已启用");
}

/** Fills in the form of the collection; `other` are fields that are filled in otherwise, by their names. */
export async function fillCollection(t, page, other = {}) {
  const { name, id } = COLLECTOR;
  const fields = { collector_name: name, letter_name: name, letter_id: id, id_copy_name: name, collector_id: id, ...other };
  for (const [field, value] of Object.entries(fields)) await page.locator(`input[name=${field}]`).fill(value);
  await t.fill(page, { 介绍材料: { radio: "介绍函" } });
  const photograph = await paper(t.browser, "介绍函", name);
  for (const field of ["letter", "id_copy"]) {
    await page.locator(`input[type=file][name=${field}]`).setInputFiles(file(`${field}.jpg`, photograph, "image/jpeg"));
  }
  await sign(page);
}

/** The collector signs on the screen. */
export async function sign(page) {
  const pad = page.locator(".sign-pad canvas");
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  for (const stroke of [[0.2, 0.3, 0.35, 0.7], [0.35, 0.3, 0.2, 0.7], [0.45, 0.5, 0.8, 0.45]]) {
    const [x1, y1, x2, y2] = stroke.map((part, i) => (i % 2 ? box.y + part * box.height : box.x + part * box.width));
    await page.mouse.move(x1, y1);
    await page.mouse.down();
    await page.mouse.move(x2, y2, { steps: 8 });
    await page.mouse.up();
  }
  await page.getByText("已签写，随登记一起保存。").waitFor();
}

/** The unit's approver makes an activation code; the agent sets the PIN with it. */
export async function choosePin(t, work, approver = accounts.countyApprover) {
  const boss = await t.as(approver);
  await boss.goto(work.seal);
  await t.press(boss, "生成激活码", { within: await unfold(boss, "activation") });
  const code = (await boss.getByText(/^激活码：/).innerText()).replace("激活码：", "").trim();
  const page = await t.as(work.agent);
  await page.goto(work.seal);
  await t.fill(page, { 激活码: code, 新签章口令: PIN, 再输一次新口令: PIN });
  await t.press(page, "设置口令");
  await t.sees(page, "签章口令已设置");
}

/** A seal that its holder can stamp with: the one this server has, or the whole way without looking left or right. */
export async function activeSeal(t) {
  if (t.server.work) return t.server.work;
  const work = await fileApplication(t);
  for (const step of [approveInUnit, handIn, handOver, accept, reviewFirst, reviewFinal, make, collect, choosePin]) {
    await t.step(`preparing a seal: ${step.name}`, () => step(t, work));
  }
  t.server.work = work;
  return work;
}

/** Opens a case from one's own queue, as one finds it there. */
export async function fromQueue(t, page, work) {
  await page.goto("/desk");
  await t.follow(page, work.number, { exact: false });
  assert.ok(page.url().endsWith(work.path), page.url());
}

/** The form of an act on a page, unfolded. */
export async function unfold(page, act) {
  const form = page.locator(`details.act#${act}`);
  if ((await form.getAttribute("open")) === null) await form.locator("summary").click();
  return form;
}

/** What a case says of itself to its agent: state, and everything that happened. */
export async function state(t, work) {
  const page = await t.as(work.agent);
  await page.goto(work.path);
  return {
    chip: await page.locator("h1 .chip").innerText(),
    story: await page.locator(".timeline").innerText(),
  };
}

/** Sends what a form would send, as the person who is signed in; answers { status, text }. */
export async function post(page, path, fields = {}) {
  const cookies = await page.context().cookies();
  const csrf = cookies.find((cookie) => cookie.name === "yinxin_form").value;
  const answer = await page.request.post(path, { form: { csrf, ...fields }, maxRedirects: 0 });
  return { status: answer.status(), text: await answer.text() };
}
