import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";
import { nearExpiry } from "../lib/server.mjs";

export const name = "A seal near its expiry is renewed from its page: only the reasons are asked; the reviewer asks once more";
export const server = nearExpiry;

const SERIAL = "FJ20260001";

export async function run(t) {
  const former = await t.step("a seal on a USB KEY, twenty days before its expiry", () =>
    quick.seal(t, { unit: "province", name: "福建省数字政务示范厅", medium: "usb_key", serial: SERIAL }),
  );
  const agent = await t.as(former.agent);

  const work = await t.step("its page says so and offers the renewal; everything known is filled in", async () => {
    await agent.goto(former.seal);
    await t.sees(agent, /到期，可以申请延期/);
    await t.look(agent, "seal-near-expiry");
    const work = await office.beginFromSeal(t, former, "办理延期");
    assert.equal(work.step, "papers", "nothing but the reasons is asked");
    assert.deepEqual(await office.rail(agent), ["选择事项", "经办人", "材料", "核对提交"]);
    await t.look(agent, "renewal-papers");
    return work;
  });

  await t.step("the forms say what the register says", async () => {
    await office.reasonsAndSubmit(t, agent, work);
    await agent.goto(`${work.wizard}/check`);
    await t.sees(agent, former.code);
    await t.sees(agent, former.name);
    await t.look(agent, "renewal-filed");
  });

  await t.step("approved, handed in, accepted", async () => {
    for (const step of [quick.approveInUnit, quick.handIn, quick.accept]) await step(t, work);
  });

  await t.step("the reviewer sends it back: a better scan; it comes straight back", async () => {
    await office.sendBack(
      t,
      accounts.reviewer,
      work,
      "request_correction",
      `「${former.name}」福建省电子政务电子印章申请表（签字盖章扫描件）`,
      "扫描件模糊，请重新扫描。",
    );
    await office.fromQueue(t, agent, work);
    await t.sees(agent, "扫描件模糊，请重新扫描。");
    await office.rescan(t, work);
    await agent.goto(work.path);
    await t.sees(agent, "印章审核员初审");
    // The former scan is folded away below its successor.
    await t.sees(agent, "以前的 1 份");
    await t.look(agent, "case-rescanned");
  });

  await t.step("reviewed twice; the key has to be brought", async () => {
    await quick.reviewFirst(t, work);
    await quick.reviewFinal(t, work);
    await agent.goto(work.path);
    await t.sees(agent, "携带 USB KEY 到办理点现场办理");
    await t.look(agent, "case-bring-key");
    const phone = await t.as(former.agent, { phone: true });
    await phone.goto(work.path);
    await t.look(phone, "case-bring-key");
    await t.leave(phone);
  });

  await t.step("at the desk: another key is refused, the very key is renewed", async () => {
    const maker = await t.as(accounts.maker);
    await maker.goto(`${work.path}/production`);
    await t.look(maker, "production-renewal");
    t.expectProblem(/status of 422/);
    const form = maker.locator("#present_key");
    await form.getByLabel("USB KEY 序列号").fill("FJ99999999");
    await t.press(maker, "核验 USB KEY", { within: form });
    await t.sees(maker, /序列号/);
    await quick.send(maker, `${work.path}/production`, "/acts/present_key", {
      application: work.application,
      serial: SERIAL,
    });
    await quick.send(maker, `${work.path}/production`, "/acts/start_production");
    await quick.made(t, work);
    await quick.send(maker, work.path, "/acts/finish_on_site");
  });

  await t.step("the successor is valid, the former seal is cancelled, and each leads to the other", async () => {
    const page = await office.sealIs(t, work.agent, work.seal, "有效");
    await t.sees(page, former.code);
    await office.sealIs(t, work.agent, former.seal, "注销");
    await agent.goto(work.path);
    await t.sees(agent.locator("h1"), "已办结");
    await t.look(agent, "case-renewed");
  });
}
