import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";
import { nearExpiry } from "../lib/server.mjs";

export const name = "A county unit changes name and imprint of its seal; the consolidator sends the case back once";
export const server = nearExpiry;

const NAME = "闽侯县政务服务示范局业务专用章（1）";

export async function run(t) {
  const former = await t.step("a seal kept by the platform", () =>
    quick.seal(t, { unit: "county", name: "闽侯县政务服务示范局业务专用章" }),
  );
  const agent = await t.as(former.agent);

  const work = await t.step("what changes is ticked first; only that is asked", async () => {
    const work = await office.beginFromSeal(t, former, "办理变更");
    assert.equal(work.step, "matter");
    await t.look(agent, "change-matter");
    await t.fill(agent, { 印章名称变更: true, 印模变更: true });
    await t.press(agent, "保存，下一步");
    assert.deepEqual(await office.rail(agent), ["选择事项", "印章信息", "印模", "经办人", "材料", "核对提交"]);
    assert.equal(await agent.getByRole("radiogroup", { name: "印章功能类型" }).count(), 0, "the function stays");
    return work;
  });

  await t.step("a change that changes nothing is said at its field", async () => {
    t.expectProblem(/status of 422/);
    await t.press(agent, "保存，下一步");
    await t.sees(agent.locator("[data-field=seal_name]"), "nothing_changed");
    await t.fill(agent, { 印章名称: NAME });
    await t.look(agent, "change-seal");
    await t.press(agent, "保存，下一步");
    await agent.waitForURL(/\/imprint$/);
    await office.bringImprint(t, agent, NAME);
    await t.press(agent, "保存，下一步");
    work.name = NAME;
    await office.reasonsAndSubmit(t, agent, work);
  });

  await t.step("approved and handed in, sent back by the consolidator with a reason on a field", async () => {
    await quick.approveInUnit(t, work);
    await quick.handIn(t, work);
    await office.sendBack(
      t,
      work.consolidator,
      work,
      "return_by_consolidator",
      `「${NAME}」印章名称`,
      "请用公安备案的名称，括号内写编号（2）。",
    );
  });

  await t.step("led to the field, corrected: the point is ticked off and the case says what changed", async () => {
    await office.fromQueue(t, agent, work);
    await t.follow(agent, "去修改");
    await agent.waitForURL(/\/seal$/);
    work.name = NAME.replace("1", "2");
    await t.fill(agent, { 印章名称: work.name });
    await t.press(agent, "保存，下一步");
    await agent.goto(work.path);
    await t.sees(agent, "已修改");
    await t.look(agent, "change-corrected");
    await office.resubmit(t, work);
    await t.sees(agent, "本版改动");
    await t.sees(agent.locator(".changes"), NAME);
    // The form has changed: the unit approves it again, and a newly signed form goes along.
    for (const step of [quick.approveInUnit, quick.handIn, quick.handOver, quick.accept]) await step(t, work);
    await quick.reviewFirst(t, work);
    await quick.reviewFinal(t, work);
  });

  await t.step("made and closed: the new seal has the new name and imprint", async () => {
    const maker = await t.as(accounts.maker);
    await quick.send(maker, `${work.path}/production`, "/acts/start_production");
    await quick.made(t, work);
    await quick.send(maker, work.path, "/acts/close");
    const page = await office.sealIs(t, work.agent, work.seal, "有效");
    await t.sees(page, work.name);
    await t.look(page, "seal-changed");
    await office.sealIs(t, work.agent, former.seal, "注销");
  });
}
