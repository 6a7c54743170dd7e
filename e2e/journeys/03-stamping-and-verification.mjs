import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as ofd from "../lib/ofd.mjs";
import { file } from "../lib/pictures.mjs";

export const name = "A document is stamped with approval, and anyone can verify it, also after the seal was lost";

const PURPOSE = "签发办理结果通知书";

export async function run(t) {
  const work = await office.activeSeal(t);
  const agent = await t.as(accounts.countyAgent);
  const approver = await t.as(accounts.countyApprover);
  const visitor = await t.visitor();
  const document = await ofd.document();
  // What is refused on purpose below.
  t.expectProblem(/status of (422|404)/);

  await t.step("the document is uploaded and its pages are shown", async () => {
    await agent.goto(work.seal);
    await t.follow(agent, "用此章盖章");
    await t.look(agent, "stamping-new");
    await agent.getByLabel("要盖章的文件").setInputFiles(file(document.name, document.bytes));
    await t.fill(agent, { 用章事由: PURPOSE });
    await t.press(agent, "下一步：确定盖章位置");
    await t.sees(agent, document.name);
    await t.sees(agent, `共 ${document.pages} 页`);
    assert.equal(await agent.locator(".sheet").count(), Math.min(4, document.pages));
  });

  const seal = agent.locator("image.placed");
  const at = async () => [await agent.getByLabel("印章左边距页面左边").inputValue(), await agent.getByLabel("印章上边距页面上边").inputValue()].map(Number);
  await t.step("the seal is moved by mouse", async () => {
    await seal.scrollIntoViewIfNeeded();
    const before = await at();
    const box = await seal.boundingBox();
    const sheet = agent.locator(".sheet").first();
    const scale = Number(await sheet.getAttribute("data-width")) / (await sheet.locator("svg").boundingBox()).width;
    await agent.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await agent.mouse.down();
    await agent.mouse.move(box.x + box.width / 2 - 60, box.y + box.height / 2 - 40, { steps: 5 });
    await agent.mouse.up();
    const after = await at();
    assert.ok(Math.abs(before[0] - 60 * scale - after[0]) <= 0.5, `${before} → ${after}`);
    assert.ok(Math.abs(before[1] - 40 * scale - after[1]) <= 0.5, `${before} → ${after}`);
  });

  await t.step("and by keyboard, half a millimetre at a time", async () => {
    const [x, y] = await at();
    await seal.focus();
    await agent.keyboard.press("ArrowRight");
    await agent.keyboard.press("ArrowDown");
    assert.deepEqual(await at(), [x + 0.5, y + 0.5]);
    await agent.keyboard.press("Shift+ArrowLeft");
    assert.deepEqual(await at(), [x + 0.5 - 5, y + 0.5]);
    assert.match(await seal.getAttribute("aria-label"), /第 1 页，距左 [\d.]+ 毫米/);
    await t.look(agent, "stamping-place");
  });

  let use;
  const place = await at();
  await t.step("the use is requested", async () => {
    await t.press(agent, "提交用印审批");
    await t.sees(agent, "用印申请已提交");
    use = new URL(agent.url()).pathname;
    assert.equal(await agent.getByRole("button", { name: "盖章", exact: true }).count(), 0);
  });

  await t.step("nobody stamps before it was approved, nobody approves their own", async () => {
    const early = await office.post(agent, `${use}/acts/stamp`, { pin: office.PIN });
    assert.ok([403, 409, 422].includes(early.status), String(early.status));
    const own = await office.post(agent, `${use}/acts/approve`);
    assert.ok([403, 409, 422].includes(own.status), String(own.status));
    await agent.reload();
    await t.sees(agent, "本单位审批人审批");
  });

  await t.step("the notice leads the approver to the pages, and they agree", async () => {
    await approver.goto("/desk/notices");
    await t.look(approver, "notices");
    await approver.goto("/desk/uses");
    await t.follow(approver, document.name, { exact: false });
    assert.equal(new URL(approver.url()).pathname, use);
    assert.equal(await approver.locator(".sheet image.placed").count(), 1);
    await t.sees(approver, `距左 ${place[0]} 毫米、距上 ${place[1]} 毫米`);
    await t.look(approver, "use-approver");
    await t.press(approver, "同意用印");
    await t.sees(approver, "已批准用印");
  });

  await t.step("a wrong PIN is said and stamps nothing", async () => {
    await agent.goto(use);
    await t.fill(agent, { 签章口令: "Fu-zhou-1999" });
    await t.press(agent, "盖章");
    await t.sees(agent, /口令/);
    await t.sees(agent, "pin_wrong");
    await t.look(agent, "use-wrong-pin");
    assert.equal(await agent.getByRole("link", { name: "下载已盖章文件" }).count(), 0);
  });

  let stamped;
  await t.step("the right PIN stamps", async () => {
    await t.fill(agent, { 签章口令: office.PIN });
    await t.press(agent, "盖章");
    await t.sees(agent, "盖章完成");
    work.stamped = new Date();
    await t.look(agent, "use-stamped");
    const got = await t.download(agent, () => agent.getByRole("link", { name: "下载已盖章文件" }).click());
    assert.match(got.name, /\.ofd$/);
    stamped = await readFile(got.path);
    assert.ok(stamped.length > document.bytes.length);
  });

  await t.step("once only", async () => {
    const again = await office.post(agent, `${use}/acts/stamp`, { pin: office.PIN });
    assert.ok([409, 422].includes(again.status), String(again.status));
  });

  await t.step("the record of use tells who, when, what for and who approved", async () => {
    await agent.goto("/desk/uses");
    const row = agent.getByRole("row", { name: document.name }).first();
    for (const text of [PURPOSE, work.name, "林晓梅", "已用印"]) assert.ok((await row.innerText()).includes(text), text);
    await t.look(agent, "uses");
    await agent.goto(use);
    const story = await agent.locator(".timeline").innerText();
    assert.ok(story.includes("陈国栋") && story.includes("林晓梅"), story);
  });

  const verify = async (page, name, bytes) => {
    await page.goto("/verify");
    await page.locator("input[type=file]").setInputFiles(file(name, bytes));
    await t.press(page, "开始验章");
    return page.locator(".verdict").first().innerText();
  };

  await t.step("anyone drops the file and sees the verdict, whose seal, when, and each step", async () => {
    await visitor.goto("/verify");
    const data = await visitor.evaluateHandle((base64) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], "通知书.ofd"));
      return transfer;
    }, stamped.toString("base64"));
    await Promise.all([
      visitor.waitForEvent("domcontentloaded"),
      visitor.dispatchEvent("[data-upload]", "drop", { dataTransfer: data }),
    ]);
    const verdict = visitor.locator(".verdict").first();
    assert.match(await verdict.innerText(), /有效：.*真实，.*文件自盖章后未被改动/);
    for (const text of ["通知书.ofd", work.name, work.code, "盖章时间", "未被改动"]) await t.sees(visitor, text);
    await visitor.locator("details.steps-of-proof summary").first().click();
    assert.ok((await visitor.locator(".stamp-result .findings > li").count()) >= 6, "each step of GB/T 38540");
    await t.look(visitor, "verify-valid");
  });

  await t.step("a changed byte in a page is found, and the part is named", async () => {
    const changed = ofd.withOneByteChanged(stamped);
    assert.match(await verify(visitor, "改动.ofd", changed.bytes), /无效/);
    await t.sees(visitor.locator(".evidence"), changed.name);
    await t.look(visitor, "verify-changed");
    const phone = await t.visitor({ phone: true });
    assert.match(await verify(phone, "改动.ofd", changed.bytes), /无效/);
    await t.look(phone, "verify-changed");
  });

  await t.step("a document without a seal is no verdict on a seal", async () => {
    assert.doesNotMatch(await verify(visitor, document.name, document.bytes), /^有效/);
    await t.look(visitor, "verify-unstamped");
  });

  let suspended;
  await t.step("a lost seal is suspended at once", async () => {
    // The stamp lies in an earlier second than the report.
    await visitor.waitForTimeout(Math.max(0, 2100 - (Date.now() - work.stamped)));
    await agent.goto(work.seal);
    const form = await office.unfold(agent, "loss");
    await t.fill(form, { 情况说明: "保管人手机丢失，签章口令可能泄露。" });
    await t.press(agent, "报告并立即停用");
    await t.sees(agent, "印章已立即停用并公示");
    await t.sees(agent.locator("h1"), "停用");
    suspended = new Date();
    await t.look(agent, "seal-suspended");
    assert.equal(await agent.getByRole("link", { name: "用此章盖章" }).count(), 0);
  });

  await t.step("the stamp of before is still valid, with a remark", async () => {
    assert.match(await verify(visitor, "通知书.ofd", stamped), /有效/);
    const states = visitor.locator(".then-now");
    assert.match(await states.innerText(), /盖章时状态\s*有效\s*现在的状态\s*停用/);
    await t.look(visitor, "verify-suspended");
  });

  await t.step("the public status: now, and at earlier moments, as page and JSON", async () => {
    const moments = [
      [null, "停用"],
      [work.made, "未启用"],
      [work.stamped, "有效"],
    ];
    for (const [moment, word] of moments) {
      const query = moment ? `&at=${encodeURIComponent(moment.toISOString())}` : "";
      await visitor.goto(`/status?code=${work.code}${query}`);
      await t.sees(visitor.locator(".verdict"), word);
      const json = await (await visitor.request.get(await visitor.getByRole("link", { name: /JSON/ }).first().getAttribute("href"))).json();
      assert.equal(json.state_name, word);
      assert.equal(json.state_now_name, "停用");
      assert.equal(json.code, work.code);
    }
    await visitor.goto(`/status?code=${work.code}`);
    await t.look(visitor, "status-suspended");
    const phone = await t.visitor({ phone: true });
    await phone.goto(`/status?code=${work.code}&at=${encodeURIComponent(work.stamped.toISOString())}`);
    await t.look(phone, "status-then");
  });

  await t.step("a status that is asked for by hand", async () => {
    await visitor.goto("/status");
    await visitor.locator("input[name=code]").fill("99999999999999");
    await visitor.getByRole("button", { name: "查询状态" }).click();
    await t.sees(visitor, "没有查到这枚印章");
    await t.look(visitor, "status-unknown");
  });

  await t.step("the announcements list it", async () => {
    await visitor.goto("/announcements");
    const row = visitor.getByRole("row", { name: work.code }).filter({ hasText: "停用" });
    assert.equal(await row.count(), 1);
    await t.look(visitor, "announcements");
    const feed = await (await visitor.request.get("/announcements/feed.json")).json();
    assert.equal(feed.items[0]._seal.code, work.code);
    assert.equal(feed.items[0]._seal.status, "suspended");
  });

  await t.step("a suspended seal does not stamp", async () => {
    const answer = await agent.request.get("/desk/stamping");
    assert.ok((await answer.text()).includes("没有可以使用的电子印章"));
    assert.ok(suspended > work.stamped);
  });
}
