import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";
import { nearExpiry } from "../lib/server.mjs";

export const name = "A forgotten PIN: the USB KEY is unlocked at the desk; the unit's own approver sends the case back once";
export const server = nearExpiry;

const SERIAL = "FJ20260201";
/** Another PIN than before. */
const NEW_PIN = "Xin-kouling-2026";

export async function run(t) {
  const former = await t.step("a person's seal on a USB KEY", () =>
    quick.seal(t, {
      unit: "province",
      kind: "personal",
      medium: "usb_key",
      serial: SERIAL,
      name: "周敏签名章",
      person: { name: "周敏", id: "350102198803051173" },
    }),
  );
  const agent = await t.as(former.agent);
  const approver = await t.as(former.approver);

  const work = await t.step("unlock is offered for the key alone", async () => {
    await agent.goto("/desk/cases/new?business=unlock");
    await t.look(agent, "choose-unlock");
    const work = await office.beginFromSeal(t, former, "办理解锁");
    assert.equal(work.step, "papers");
    await office.reasonsAndSubmit(t, agent, work, "持有人忘记 USB KEY 口令，申请解锁。");
    return work;
  });

  await t.step("the unit's approver sends it back: who forgot the PIN?", async () => {
    await office.sendBack(t, former.approver, work, "send_back_in_unit", "单位的申请红头函", "请写明持有人姓名。");
    await office.fromQueue(t, agent, work);
    await t.sees(agent, "请写明持有人姓名。");
    await agent.goto(`${work.wizard}/papers`);
    await t.fill(agent, { 办理电子印章的理由: "我厅周敏忘记 USB KEY 口令，申请解锁。" });
    await t.press(agent, "保存理由");
    await office.resubmit(t, work);
    await approver.goto(work.path);
    await t.sees(approver, "本版改动");
    await t.look(approver, "approver-changes");
    await quick.toProduction(t, work);
  });

  await t.step("not without the key; with it the PIN is reset and a code handed over", async () => {
    const maker = await t.as(accounts.maker);
    await maker.goto(`${work.path}/production`);
    await t.look(maker, "production-unlock");
    await quick.send(maker, `${work.path}/production`, "/acts/present_key", {
      application: work.application,
      serial: SERIAL,
    });
    await quick.send(maker, `${work.path}/production`, "/acts/start_production");
    await quick.made(t, work);
    const { text } = await quick.send(maker, work.path, "/acts/finish_on_site");
    work.activation = text.match(/激活码：([0-9A-Za-z-]+)/)[1];
  });

  await t.step("the former PIN is none any more; the code sets the new one", async () => {
    await agent.goto(former.seal);
    await t.sees(agent.locator("h1"), "有效");
    const form = await office.unfold(agent, "pin");
    await t.fill(form, { 激活码: work.activation, 新签章口令: NEW_PIN, 再输一次新口令: NEW_PIN });
    await t.press(agent, "设置口令", { within: form });
    await t.sees(agent, "签章口令已设置");
    await agent.goto(work.path);
    await t.sees(agent.locator("h1"), "已办结");
    await t.look(agent, "case-unlocked");
  });
}
