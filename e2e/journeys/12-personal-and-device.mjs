import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import { certificateRequest } from "../lib/p10.mjs";
import { file } from "../lib/pictures.mjs";
import * as quick from "../lib/quick.mjs";
import { nearExpiry } from "../lib/server.mjs";

export const name = "A device's request is explained point by point; two device seals in one case, one set aside, the other made";
export const server = nearExpiry;

const NAMES = ["福建省数字政务示范厅批量章", "福建省数字政务示范厅证照章"];

export async function run(t) {
  const agent = await t.as(accounts.provinceAgent);
  const { agent: login, approver } = quick.UNITS.province;
  const work = { agent: login, approver, name: NAMES[0] };

  await t.step("the wizard of a device seal has a step for the request", async () => {
    Object.assign(work, await office.openCase(t, agent, "设备（服务器）印章"));
    await t.fill(agent, { 印章名称: NAMES[0], 印章功能类型: { radio: "业务专用章" } });
    await t.press(agent, "保存，下一步");
    await agent.waitForURL(/\/imprint$/);
    await agent.getByLabel("印模图片").setInputFiles(await office.imprintFile(t, NAMES[0]));
    await t.fill(agent, { "印章宽度（MM）": "42", "印章长度（MM）": "42" });
    await t.press(agent, "保存，下一步");
    await agent.waitForURL(/\/request$/);
    await t.look(agent, "request-empty");
  });

  await t.step("a request whose signature does not fit is explained; nothing goes on", async () => {
    await bring(certificateRequest({ name: NAMES[0], spoilt: true }));
    await t.sees(agent, "这份证书请求不能使用");
    await t.sees(agent.locator(".request-points"), "自签名");
    await t.look(agent, "request-bad");
    assert.equal(await agent.getByRole("link", { name: "下一步", exact: true }).count(), 0);
  });

  await t.step("the right one: every point is in order", async () => {
    await bring(certificateRequest({ name: NAMES[0] }));
    await t.sees(agent, "这份证书请求可以使用");
    await t.look(agent, "request-good");
    const phone = await t.as(login, { phone: true });
    await phone.goto(`${work.wizard}/request`);
    await t.look(phone, "request-good");
    await t.leave(phone);
    await t.follow(agent, "下一步");
    await agent.waitForURL(/\/agent$/);
    await t.press(agent, "保存，下一步");
    await t.fill(agent, { 办理电子印章的理由: office.REASONS });
    await t.press(agent, "保存理由");
  });

  await t.step("a second seal in the same case", async () => {
    await agent.goto(`${work.wizard}/check`);
    await t.press(agent, "再添加一枚印章");
    const { wizard, application } = office.whereabouts(agent);
    work.second = application;
    await quick.send(agent, `${wizard}/seal`, "/seal", { seal_name: NAMES[1], function: "business" });
    const buffer = (await office.imprintFile(t, NAMES[1])).buffer;
    const picture = { name: "印模.png", mimeType: "image/png", buffer };
    await quick.send(agent, `${wizard}/imprint`, "/imprint", { imprint: picture, width: "42", height: "42", then: "next" });
    await agent.goto(`${wizard}/request`);
    await bring(certificateRequest({ name: NAMES[1] }));
    await agent.goto(`${work.wizard}/check`);
    await t.sees(agent, "2 张申请表全部填写完整");
    await t.look(agent, "check-two");
    await office.submit(t, work);
    for (const step of [quick.approveInUnit, quick.handIn, quick.accept]) await step(t, work);
  });

  await t.step("the reviewer sets the second aside; the first goes on", async () => {
    const reviewer = await t.as(accounts.reviewer);
    await office.fromQueue(t, reviewer, work);
    const form = await office.unfold(reviewer, "set_aside");
    await t.fill(form, { 移出的印章: { radio: NAMES[1] }, "第 1 项：关于": `「${NAMES[1]}」印章名称` });
    await form.getByLabel("问题和改法").first().fill("请改用“电子证照专用章”。");
    await form.locator("button[type=submit]").click();
    await t.sees(reviewer, "已办理「单列补正」");
    await t.look(reviewer, "case-set-aside");
    await quick.reviewFirst(t, work);
    await quick.reviewFinal(t, work);
  });

  await t.step("the agent finds the linked case in 待补正, led to the field", async () => {
    await agent.goto(work.path);
    await t.sees(agent, "已移出");
    await t.look(agent, "case-with-link");
    await agent.locator("dt", { hasText: "关联办件" }).locator("+ dd a").click();
    await t.sees(agent.locator("h1"), "待补正");
    await t.sees(agent, "请改用“电子证照专用章”。");
    await t.look(agent, "case-linked");
    const linked = { ...work, path: new URL(agent.url()).pathname, name: "福建省数字政务示范厅电子证照专用章" };
    await t.follow(agent, "去修改");
    await t.fill(agent, { 印章名称: linked.name });
    await t.press(agent, "保存，下一步");
    await office.resubmit(t, linked);
    linked.number = (await agent.locator(".page-head .mono").first().innerText()).trim();
    work.linked = linked;
  });

  await t.step("the first is made: certificate, chain and seal to take away", async () => {
    await quick.make(t, work);
    await agent.goto(work.seal);
    await t.look(agent, "seal-device");
    for (const [label, ending] of [["设备证书（.cer）", ".cer"], ["证书链（.pem）", ".chain.pem"], ["印章文件（.esl）", ".esl"]]) {
      const { name, path } = await t.download(agent, () => agent.getByRole("link", { name: label }).click());
      assert.ok(name.endsWith(ending), name);
      assert.ok((await readFile(path)).length > 100);
    }
    await quick.collect(t, work);
    await office.sealIs(t, login, work.seal, "有效");
  });

  await t.step("the one set aside comes to its end as well", async () => {
    const linked = work.linked;
    for (const step of [quick.approveInUnit, quick.handIn, quick.reviewFirst, quick.reviewFinal]) await step(t, linked);
    linked.application = work.second;
    await quick.make(t, linked);
    await quick.collect(t, linked);
    const page = await office.sealIs(t, login, linked.seal, "有效");
    await t.sees(page, linked.name);
  });

  async function bring(pem) {
    await agent.getByLabel("P10 证书请求文件").setInputFiles(file("设备.p10", Buffer.from(pem)));
    await Promise.all([
      agent.waitForEvent("domcontentloaded"),
      agent.getByRole("button", { name: /上传并检查|换一份证书请求/ }).click(),
    ]);
    await agent.waitForLoadState("load");
  }
}
