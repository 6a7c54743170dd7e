import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { accounts } from "../lib/accounts.mjs";
import { launch } from "../lib/browser.mjs";
import { Journey } from "../lib/journey.mjs";
import * as office from "../lib/office.mjs";
import { file } from "../lib/pictures.mjs";
import { stamped } from "../lib/returned.mjs";

export const name = "A stamped form held before the camera is seen, read and measured at once, and uploaded";

const NAME = "闽侯县政务服务示范局";

export async function run(t) {
  const agent = await t.as(accounts.countyAgent);
  const work = await office.fileApplication(t, { name: NAME });
  await office.approveInUnit(t, work);
  const photo = await photograph(t, agent, work);
  const folder = await mkdtemp(join(tmpdir(), "yinxin-camera-"));
  const video = join(folder, "form.mjpeg");
  await writeFile(video, Buffer.concat(Array.from({ length: 5 }, () => photo)));
  const browser = await launch({ video });
  const filming = new Journey({ name, browser, server: t.server });
  try {
    for (const phone of [false, true]) await film(filming, phone, work);
    t.problems.push(...filming.unexpected());
  } finally {
    await filming.close();
    await browser.close();
    await rm(folder, { recursive: true });
  }
}

/** The form as the platform prints it, stamped and photographed on a table. */
async function photograph(t, agent, work) {
  const printed = await agent.request.get(`${work.path}/print/application-form?application=${work.application}`);
  await agent.goto("/desk/scans");
  await agent.locator("input[name=files]").setInputFiles(file("申请表.pdf", await printed.body(), "application/pdf"));
  await t.press(agent, "上传并识别");
  await agent.locator(".scan-tiles a").first().click({ timeout: 60_000 });
  await agent.locator(".scan-sheet .mark").first().waitFor({ timeout: 60_000 });
  const boxes = await agent.locator(".scan-sheet .mark").evaluateAll((marks) =>
    marks.map((mark) =>
      Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, Number(mark.getAttribute(name))])),
    ),
  );
  const picture = await agent.request.get(`${new URL(agent.url()).pathname}/sheet.jpg`);
  return stamped(t.browser, { picture: await picture.body(), boxes, name: NAME, turn: 2 });
}

async function film(t, phone, work) {
  const agent = await t.as(accounts.countyAgent, { phone });
  await agent.goto("/desk/scans/camera");
  await t.look(agent, "camera-closed");
  const answersAtOnce = (await agent.locator("[data-camera]").getAttribute("data-worker")) !== null;
  await agent.getByRole("button", { name: "打开相机" }).click();
  const shoot = agent.getByRole("button", { name: "拍照", exact: true });
  await shoot.waitFor();

  if (answersAtOnce) {
    await t.step("the page's outline, its code, sharpness and light are told while filming", async () => {
      for (const light of ["page", "code", "sharp", "bright"]) {
        await agent.locator(`[data-light=${light}][data-on=true]`).waitFor({ timeout: 60_000 });
      }
      await t.sees(agent, "已看清，可以拍照");
      const drawn = await agent.locator(".viewfinder canvas").evaluate((canvas) =>
        canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0),
      );
      assert.ok(drawn, "no outline over the video");
      await t.look(agent, "camera-open");
    });
  } else {
    await t.sees(agent, "不支持即时检查");
  }

  await t.step("a photo is judged at once", async () => {
    await shoot.click();
    if (answersAtOnce) {
      await agent.getByText("已识别二维码").waitFor({ timeout: 60_000 });
      const found = await agent.getByText(/找到印模/).innerText();
      for (const length of found.match(/[\d.]+/g).map(Number)) {
        assert.ok(Math.abs(length - office.SIZE) <= 0.6, found);
      }
    } else {
      await t.sees(agent, "上传后由平台检查");
    }
    await t.look(agent, "camera-photo");
  });

  await t.step("a photo can be taken again", async () => {
    await agent.getByRole("button", { name: /^删除重拍：拍照-1/ }).click();
    await shoot.click();
    await agent.locator("[data-taken] > li").waitFor();
    assert.equal(await agent.locator("input[name=files]").evaluate((input) => input.files.length), 1);
  });

  await t.step("uploaded, it is filed under its case like any scan", async () => {
    await t.press(agent, "上传并识别");
    await agent.locator(".scan-tiles a").first().click({ timeout: 60_000 });
    await t.sees(agent, work.number);
    await t.sees(agent, "实测尺寸");
  });
}
