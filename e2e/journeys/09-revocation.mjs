import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";
import { nearExpiry } from "../lib/server.mjs";

export const name = "A unit gives up two seals in one case, ticked in its register; the leader sends it back once";
export const server = nearExpiry;

export async function run(t) {
  const seals = [];
  await t.step("two seals of a unit", async () => {
    for (const name of ["福州市公共服务示范局合同专用章", "福州市公共服务示范局发票专用章"]) {
      seals.push(await quick.seal(t, { unit: "city", name }));
    }
  });
  const agent = await t.as(seals[0].agent);
  const work = { ...seals[0] };

  await t.step("the register leads to the choice: both are ticked", async () => {
    await agent.goto("/desk/seals");
    await t.look(agent, "seals-unit");
    await t.follow(agent, "办理撤销");
    await t.look(agent, "choose-revocation");
    const phone = await t.as(work.agent, { phone: true });
    await phone.goto("/desk/cases/new?business=revocation");
    await t.look(phone, "choose-revocation");
    await t.leave(phone);
    for (const { name } of seals) await agent.getByRole("checkbox", { name: `选择 ${name}` }).check();
    await t.sees(agent, "已选 2 件");
    await t.press(agent, "填写申请");
    Object.assign(work, office.whereabouts(agent));
    assert.equal(work.step, "papers");
    await t.sees(agent, /单位印章 2 枚/);
    await t.fill(agent, { 办理电子印章的理由: "机构改革后两枚印章停止使用，申请撤销。" });
    await t.press(agent, "保存理由");
    await t.follow(agent, "下一步：核对提交");
    await t.sees(agent, "2 张申请表全部填写完整");
    await t.look(agent, "revocation-check");
    await office.submit(t, work);
  });

  await t.step("with the summary sheet for two; up to the leader", async () => {
    await quick.approveInUnit(t, work);
    await agent.goto(`${work.path}/papers`);
    await t.sees(agent, "汇总表");
    for (const step of [quick.handIn, quick.handOver, quick.accept, quick.reviewFirst]) await step(t, work);
  });

  await t.step("the leader sends it back: the reasons; the letter is written anew", async () => {
    const words = "请在红头函中写明撤销后由哪个印章承接业务。";
    await office.sendBack(t, accounts.leader, work, "request_correction", "单位的申请红头函", words);
    await office.fromQueue(t, agent, work);
    await t.follow(agent, "去修改");
    await agent.goto(`${work.wizard}/papers`);
    await t.sees(agent, words);
    await t.fill(agent, { 办理电子印章的理由: "机构改革后两枚印章停止使用，业务由法定名称章承接，申请撤销。" });
    await t.press(agent, "保存理由");
    await office.resubmit(t, work);
    await t.sees(agent, "本版改动");
    for (const step of [quick.approveInUnit, quick.handIn]) await step(t, work);
    // What the leader sent back and was changed is reviewed by both again.
    await quick.reviewFirst(t, work);
    await quick.reviewFinal(t, work);
  });

  await t.step("both are revoked in one step, with its progress", async () => {
    const maker = await t.as(accounts.maker);
    await maker.goto(`${work.path}/production`);
    await t.look(maker, "production-several");
    await t.press(maker, "全部开始办理（2 枚）");
    await t.sees(maker, "已办理 2 / 2 枚");
    await t.look(maker, "production-several-done");
    await quick.send(maker, work.path, "/acts/close");
  });

  await t.step("both are cancelled, also for the public", async () => {
    for (const seal of seals) await office.sealIs(t, work.agent, seal.seal, "注销");
    const visitor = await t.visitor();
    await visitor.goto(`/status?code=${seals[1].code}`);
    await t.sees(visitor, "注销");
    await agent.goto(work.path);
    await t.sees(agent.locator("h1"), "已办结");
  });
}
