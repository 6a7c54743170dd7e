import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import { file, signature } from "../lib/pictures.mjs";
import * as quick from "../lib/quick.mjs";

export const name = "A personal seal: a hand-written signature through the wizard, the reviewer asks once, the person collects it";
export const server = () => ({ name: "people", settings: "[policy]\nkey_stock_required = false\n" });

const PERSON = { name: "周敏", id: "350102198803051173" };
const SERIAL = "FJ20262201";

export async function run(t) {
  const { agent: login, approver } = quick.UNITS.province;
  const agent = await t.as(login);
  const work = { agent: login, approver, name: "周敏签名章" };

  await t.step("the wizard asks for the person; a number that cannot be is said at its field", async () => {
    Object.assign(work, await office.openCase(t, agent, "个人印章"));
    await t.fill(agent, {
      印章名称: work.name,
      印章功能类型: { radio: "个人名章/签名" },
      证书介质: { radio: "USB KEY" },
    });
    await agent.locator("input[name=person_name]").fill(PERSON.name);
    await agent.locator("input[name=person_id]").fill(PERSON.id.replace(/3$/, "4"));
    t.expectProblem(/status of 422/);
    await t.press(agent, "保存，下一步");
    await t.sees(agent.locator("[data-field=person_id]"), "第 18 位校验不符");
    await t.look(agent, "personal-wrong-number");
    await agent.locator("input[name=person_id]").fill(PERSON.id);
    await t.press(agent, "保存，下一步");
    await agent.waitForURL(/\/imprint$/);
  });

  await t.step("the signature's scan, in black ink", async () => {
    const picture = await signature(t.browser, { name: PERSON.name });
    await agent.getByLabel("印模图片").setInputFiles(file("签名.png", picture, "image/png"));
    await t.fill(agent, { "印章宽度（MM）": "40", "印章长度（MM）": "20" });
    await t.press(agent, "保存，下一步");
    await agent.waitForURL(/\/agent$/);
    await agent.goto(`${work.wizard}/imprint`);
    await t.look(agent, "personal-imprint");
    const phone = await t.as(login, { phone: true });
    await phone.goto(`${work.wizard}/imprint`);
    await t.look(phone, "personal-imprint");
    await t.leave(phone);
    await agent.goto(`${work.wizard}/agent`);
    await t.press(agent, "保存，下一步");
    await agent.waitForURL(/\/papers$/);
    await office.reasonsAndSubmit(t, agent, work, "我厅周敏签发公文需要使用个人签名章。");
    await t.look(agent, "personal-filed");
  });

  await t.step("the reviewer asks once: signed again, scanned again", async () => {
    for (const step of [quick.approveInUnit, quick.handIn, quick.accept]) await step(t, work);
    const words = "签名扫描件较淡，请用黑色签字笔重签后扫描。";
    await office.sendBack(t, accounts.reviewer, work, "request_correction", `「${work.name}」印模采集`, words);
    await office.fromQueue(t, agent, work);
    await t.follow(agent, "去修改");
    await agent.waitForURL(/\/imprint$/);
    const picture = await signature(t.browser, { name: `${PERSON.name} ` });
    await agent.getByLabel("印模图片").setInputFiles(file("签名-2.png", picture, "image/png"));
    await t.press(agent, "保存，下一步");
    await office.resubmit(t, work);
    for (const step of [quick.approveInUnit, quick.handIn, quick.reviewFirst, quick.reviewFinal]) await step(t, work);
    await quick.make(t, work, { serial: SERIAL });
    await quick.send(await t.as(accounts.maker), work.path, "/acts/notify_collection");
  });

  await t.step("at the desk: another number than the letter's is refused, without a signature nothing is handed out", async () => {
    const maker = await t.as(accounts.maker);
    await maker.goto(`${work.path}/collection`);
    const person = { collector_name: PERSON.name, letter_name: PERSON.name, id_copy_name: PERSON.name };
    await office.fillCollection(t, maker, { ...person, letter_id: PERSON.id, collector_id: office.COLLECTOR.id });
    await t.press(maker, "登记领取，交付印章");
    await t.sees(maker, "从第 9 位起不一致，不能交付");
    await t.look(maker, "collection-other-number");
    const phone = await t.as(accounts.maker, { phone: true });
    await phone.goto(`${work.path}/collection`);
    await t.look(phone, "collection");
    await t.leave(phone);
    // What was brought is kept: only the number is mended. The letter need not state one for the person of the seal.
    await maker.locator("input[name=letter_id]").fill("");
    await maker.locator("input[name=collector_id]").fill(PERSON.id);
    await t.press(maker, "登记领取，交付印章");
    await t.sees(maker, "领取已登记，印章已启用");
    await t.sees(maker, "领取签名");
    const shown = await maker.request.get(await maker.getByRole("link", { name: "领取签名" }).getAttribute("href"));
    assert.equal(shown.headers()["content-type"], "image/png");
    const page = await office.sealIs(t, login, work.seal, "有效");
    await t.sees(page, SERIAL);
    await t.look(page, "personal-seal");
  });
}
