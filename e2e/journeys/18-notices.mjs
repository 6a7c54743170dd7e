import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";

export const name = "Notices: other words for them in two steps, a failed short message seen, corrected and sent again";

/** A gateway for short messages that refuses numbers, and what it accepted. */
const gateway = { refuses: null, sent: [] };

export async function server() {
  const http = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const refuses = gateway.refuses?.(body) ?? false;
    if (!refuses) gateway.sent.push(body);
    response.writeHead(refuses ? 422 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ code: refuses ? "number" : "ok" }));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  http.unref();
  const body = JSON.stringify({ id: "{id}", to: "{mobile}", text: "{text}" });
  return { settings: `[sms]\nurl = 'http://127.0.0.1:${http.address().port}/'\nbody = '${body}'\n` };
}

export async function run(t) {
  const system = await t.as(accounts.systemAdministrator);
  const security = await t.as(accounts.securityAdministrator);
  const approver = await t.as(accounts.countyApprover);
  const page = "/desk/admin/notice-templates/case_to_approve";

  await t.step("the words of a notice: placeholders explained, a preview, and what cannot be said by short message", async () => {
    await system.goto("/desk/admin/notice-templates");
    await t.look(system, "notice-templates");
    await t.follow(system, "申请已提交，等待单位审批");
    await t.sees(system, "申请单位或印章所属单位的全称");
    await t.look(system, "notice-template");
    t.expectProblem(/status of 422/);
    for (const [sms, refusal] of [
      ["{身份证号}待审批", "template_field_unknown"],
      ["{单位}有办件待审批", "template_sms_private"],
      ["{办件编号待审批", "template_brace_open"],
    ]) {
      await t.fill(system, { 短信: sms, 事由: "统一用语" });
      await t.press(system, "提请变更");
      await t.sees(system, refusal);
      assert.equal(await system.getByLabel("短信").inputValue(), sms, "what was typed is still there");
    }
    await t.fill(system, { 短信: "您有办件{办件编号}待审批，详询{电话}。" });
    await t.press(system, "预览");
    await t.sees(system, /您有办件闽印2026-000001-2待审批，详询0591-86303903。/);
    await t.sees(system, /\d+ 字，按 1 条发送/);
    await t.look(system, "notice-preview");
    await t.press(system, "提请变更");
    await t.sees(system, "已提请");
  });

  await t.step("it waits for another; refused once with a reason, then released", async () => {
    let proposal = new URL(system.url()).pathname;
    await security.goto(proposal);
    await t.sees(security, "变更后的样子");
    await t.look(security, "notice-proposal");
    const refuse = await office.unfold(security, "refuse");
    await t.fill(refuse, { 理由: "请保留业务名称" });
    await t.press(security, "不通过", { within: refuse });
    await system.goto("/desk/notices");
    await t.sees(system, "请保留业务名称");
    const sms = "办件{办件编号}（{业务}）待您审批，详询{电话}。";
    const again = await quick.send(system, page, page, { sms, reason: "统一用语", act: "propose" });
    await system.goto(page);
    await t.sees(system, "有一项变更待审核");
    await quick.send(security, again.location, "/release");
    await system.goto(page);
    await t.sees(system, "已改写");
  });

  const work = await t.step("the next short message says so, and one that does not get through is told", async () => {
    gateway.refuses = (message) => message.text.includes("待您审批");
    const filed = await quick.file(t, { unit: "county", name: "闽侯县政务服务示范局" });
    const maker = await t.as(accounts.maker);
    for (let time = 0; time < 40; time++) {
      await maker.goto("/desk/deliveries");
      if ((await maker.getByRole("row").count()) > 1) break;
      await maker.waitForTimeout(500);
    }
    await t.sees(maker, `办件${filed.number}（印章申请）待您审批，详询0591-86303903。`);
    await t.look(maker, "deliveries");
    await approver.goto("/desk/notices");
    await t.sees(approver, "短信未送达");
    await t.look(approver, "notices-undelivered");
    const agent = await t.as(accounts.countyAgent);
    await agent.goto(filed.path);
    await t.sees(agent, "短信未送达");
    await t.look(agent, "timeline-undelivered");
    return filed;
  });

  await t.step("corrected by the system administrator, who does not see the words, and sent again, once", async () => {
    await system.goto("/desk/deliveries");
    await t.seesNot(system, "待您审批");
    await system.locator("main table a").first().click();
    await system.waitForLoadState("load");
    await t.seesNot(system, "待您审批");
    await t.look(system, "delivery");
    gateway.refuses = () => false;
    const form = system.locator("details.act#correct");
    await t.fill(form, { 正确的手机号: "13900004321" });
    await t.press(system, "更正并重发", { within: form });
    for (let time = 0; time < 40 && !gateway.sent.some((message) => message.to === "13900004321"); time++) {
      await system.waitForTimeout(500);
    }
    const sent = gateway.sent.filter((message) => message.text.includes(`办件${work.number}（印章申请）待您审批`));
    assert.deepEqual(sent.map((message) => message.to), ["13900004321"]);
    await system.goto("/desk/deliveries");
    await t.sees(system, "没有未送达的通知");
    await t.shot(system, "deliveries-none");
  });

  await t.step("back to the default", async () => {
    await system.goto(page);
    const form = await office.unfold(system, "default");
    await t.sees(form, "默认的短信");
    await t.fill(form, { 事由: "恢复统一文本" });
    await t.press(system, "提请恢复默认文本", { within: form });
    await quick.send(security, new URL(system.url()).pathname, "/release");
    await system.goto("/desk/admin/notice-templates");
    await t.seesNot(system, "已改写");
  });
}
