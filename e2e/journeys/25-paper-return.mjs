import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import { file } from "../lib/pictures.mjs";
import { stamped } from "../lib/returned.mjs";

export const name = "A form is printed, stamped, photographed and files itself; its imprint is measured and becomes the seal's";

const NAME = "闽侯县政务服务示范局";

export async function run(t) {
  const agent = await t.as(accounts.countyAgent);
  const work = await office.fileApplication(t, { name: NAME });
  await office.approveInUnit(t, work);
  const unstamped = {};

  await t.step("the case and the desk lead to where papers are brought back", async () => {
    await agent.goto(work.path);
    await t.follow(agent, "扫描件");
    await t.sees(agent, "还没有归入本办件的扫描页");
    await t.look(agent, "scans-case-empty");
    await agent.goto("/desk");
    await t.follow(agent, "纸质回传");
    await t.look(agent, "scans-desk");
  });

  await t.step("the form as it was printed: what is missing on it is said in words", async () => {
    const printed = await agent.request.get(`${work.path}/print/application-form?application=${work.application}`);
    assert.equal(printed.headers()["content-type"], "application/pdf");
    await bring(t, agent, file("申请表.pdf", await printed.body(), "application/pdf"));
    await t.look(agent, "scans-upload");
    await agent.locator(".scan-tiles a").first().click();
    await t.sees(agent, "没有看到红色印章");
    await t.sees(agent, work.number);
    await t.look(agent, "scans-page-unstamped");
    unstamped.page = agent.url();
    const boxes = await agent.locator(".scan-sheet .mark").evaluateAll((marks) =>
      marks.map((mark) =>
        Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, Number(mark.getAttribute(name))])),
      ),
    );
    unstamped.boxes = boxes;
    const picture = await agent.request.get(`${new URL(unstamped.page).pathname}/sheet.jpg`);
    assert.equal(picture.headers()["content-type"], "image/jpeg");
    unstamped.picture = await picture.body();
  });

  await t.step("stamped, signed and photographed with a phone, it files itself and is measured", async () => {
    const phone = await t.as(accounts.countyAgent, { phone: true });
    work.photo = await stamped(t.browser, { ...unstamped, name: NAME, turn: 2 });
    await phone.goto(`${work.path}/scans`);
    await t.look(phone, "scans-case");
    await phone.locator("input[name=photos]").setInputFiles(file("IMG_0001.jpg", work.photo, "image/jpeg"));
    await t.press(phone, "上传并识别");
    await finished(phone);
    await t.look(phone, "scans-upload");
    await phone.locator(".scan-tiles a").first().click();
    await t.sees(phone, "实测尺寸");
    await t.look(phone, "scans-page");
    const measured = await phone.locator("dt", { hasText: "实测尺寸" }).locator("xpath=following-sibling::dd[1]").innerText();
    for (const length of measured.match(/[\d.]+/g).map(Number)) {
      assert.ok(Math.abs(length - office.SIZE) <= 0.6, `${measured}`);
    }
    await t.sees(phone, "规定尺寸");
    work.page = new URL(phone.url()).pathname;
  });

  await t.step("the imprint beside the scan, with a slider and without script", async () => {
    await agent.goto(work.page);
    const slider = agent.locator("[data-slider] input");
    await slider.fill("100");
    assert.match(await agent.locator("[data-over]").getAttribute("style"), /inset\(0(px)? 0%/);
    await slider.fill("50");
    await t.look(agent, "scans-page");
    const context = await t.browser.newContext({
      baseURL: t.server.url,
      javaScriptEnabled: false,
      storageState: await agent.context().storageState(),
    });
    const plain = await context.newPage();
    await plain.goto(work.page);
    assert.equal(await plain.locator(".compare figure").count(), 2);
    assert.ok(await plain.locator(".compare figcaption").first().isVisible());
    await context.close();
  });

  await t.step("confirmed, it is a material of the case, and the case goes on", async () => {
    await t.press(agent, "确认这一页");
    await t.sees(agent, "已确认，列入办件材料");
    await agent.goto(`${work.path}/scans`);
    await t.sees(agent, "已确认");
    await t.sees(agent, "已替换");
    await t.look(agent, "scans-case-filed");
    await office.handIn(t, work);
    await t.sees(agent, "已办理「递交」");
  });

  await t.step("the same photograph from another unit is filed nowhere and tells nothing", async () => {
    const other = await t.as(accounts.cityAgent);
    await other.goto("/desk/scans");
    await bring(t, other, file("拿错了.jpg", work.photo, "image/jpeg"));
    await t.sees(other, "不是您可办理的文书");
    await other.locator(".scan-tiles a").first().click();
    await t.sees(other, "这一页不是您可以办理的办件的文书");
    await t.seesNot(other, work.number);
    await t.look(other, "scans-page-other");
  });

  await t.step("what is no scan is said to be none", async () => {
    await agent.goto("/desk/scans");
    await bring(t, agent, file("程序.pdf", Buffer.from("MZ not a scan"), "application/pdf"));
    await t.sees(agent, "不是可用的扫描件或照片");
    await t.look(agent, "scans-upload-fault");
  });

  await t.step("the maker sees the same, corrects the imprint with a reason, and it is on record", async () => {
    await office.handOver(t, work);
    const maker = await t.as(accounts.maker);
    await maker.goto(work.page);
    const card = maker.locator("[data-adjust]");
    await card.getByLabel("旋转").fill("3");
    const preview = card.locator("[data-preview-picture]");
    await preview.waitFor({ state: "visible" });
    await maker.waitForFunction(() => document.querySelector("[data-preview-picture]").naturalWidth > 0);
    await card.getByLabel("调整理由").fill("原图略偏，转正");
    await t.look(maker, "scans-adjust");
    await t.press(maker, "保存调整", { within: card });
    await t.sees(maker, "印模图像已调整");
    await t.sees(maker, "理由：原图略偏，转正");
    await t.look(maker, "scans-adjusted");
  });
}

/** Chooses files where papers are brought back, and waits until every page was looked at. */
async function bring(t, page, ...files) {
  await page.locator("input[name=files]").setInputFiles(files);
  await t.press(page, "上传并识别");
  await finished(page);
}

async function finished(page) {
  const until = Date.now() + 90_000;
  while ((await page.getByText("正在逐页识别").count()) > 0) {
    assert.ok(Date.now() < until, "the pages were not looked at in time");
    await page.waitForTimeout(500);
    await page.reload();
  }
}
