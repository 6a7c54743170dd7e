import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";

export const name = "Corrections at acceptance and at review, a refusal, a withdrawal: the case tells it all";

export async function run(t) {
  const agent = await t.as(accounts.countyAgent);
  const maker = await t.as(accounts.maker);
  const reviewer = await t.as(accounts.reviewer);
  const work = await t.step("a case reaches the Center", async () => {
    const work = await office.fileApplication(t, { name: "闽侯县政务服务示范局业务专用章" });
    for (const step of [office.approveInUnit, office.handIn, office.handOver]) await step(t, work);
    return work;
  });

  const queried = "请重新扫描申请表，须清晰可辨。";
  await t.step("acceptance: a point with a question becomes the correction notice", async () => {
    await office.fromQueue(t, maker, work);
    await office.receivePapers(t, maker);
    await maker.goto(`${work.path}/acceptance`);
    // 受理 with an open point is not possible, whatever is pressed.
    await maker.keyboard.press("Shift+A");
    const point = maker.locator("[data-point]").first();
    await point.getByRole("radio", { name: "有问题" }).check();
    await point.locator("textarea").fill(queried);
    await t.sees(maker, "1 项有问题，将写入整改通知。");
    t.expectProblem(/status of 422/);
    await t.press(maker, "受理，提交初审");
    await t.sees(maker, "发出整改通知");
    assert.ok(await maker.locator("[data-point]").first().getByRole("radio", { name: "有问题" }).isChecked());
    await t.look(maker, "acceptance-queried");
    await t.press(maker, "发出整改通知");
    await t.sees(maker, "整改通知已发给经办人");
  });

  await t.step("the agent is told, corrects and resubmits: revision 2", async () => {
    await agent.goto("/desk/notices");
    await t.sees(agent, work.number);
    await office.fromQueue(t, agent, work);
    await t.sees(agent, queried);
    await t.look(agent, "case-correction-center");
    await office.rescan(t, work);
    await t.sees(agent, "第 2 版");
  });

  await t.step("accepted, then sent back at first review with a reason on a field", async () => {
    // Only a scan was replaced: it goes straight back to who asked.
    await office.accept(t, work);
    await office.fromQueue(t, reviewer, work);
    const form = await office.unfold(reviewer, "request_correction");
    await t.fill(form, { "第 1 项：关于": `「${work.name}」印章功能类型` });
    await form.getByLabel("问题和改法").first().fill("业务专用章请选择“业务专用章”。");
    await t.press(reviewer, "发出整改通知", { within: form });
    await t.sees(reviewer, "已办理「通知整改」");
  });

  await t.step("the agent is led to the field; the reviewer sees what changed", async () => {
    await office.fromQueue(t, agent, work);
    await t.follow(agent, "去修改");
    await agent.waitForURL(/\/seal$/);
    await t.fill(agent, { 印章功能类型: { radio: "业务专用章" } });
    await t.press(agent, "保存，下一步");
    await office.resubmit(t, work);
    await t.sees(agent, "第 3 版");
    // The form has changed: the unit approves it again.
    await office.approveInUnit(t, work);
    await office.handIn(t, work);
    await office.fromQueue(t, reviewer, work);
    await t.follow(reviewer, "对照材料审核");
    await t.sees(reviewer, "原为：");
    await t.look(reviewer, "review-revised");
  });

  await t.step("refused at review: the case is over and says why", async () => {
    const reason = "该业务不属于电子印章的使用范围。";
    await office.fromQueue(t, reviewer, work);
    const form = await office.unfold(reviewer, "refuse");
    await form.getByLabel("不予办理的理由").fill(reason);
    await t.press(reviewer, "不予办理", { within: form });
    await agent.goto(work.path);
    await t.sees(agent.locator("h1"), "不予办理");
    await t.sees(agent, reason);
    assert.equal(await agent.locator(".acts details.act").count(), 0, "nothing can be done any more");
    const story = await agent.locator(".timeline").innerText();
    for (const text of ["退回补正", "不予办理", "重新提交", "张明远", "王慧敏"]) {
      assert.ok(story.includes(text), `${text} is in the timeline`);
    }
    await t.look(agent, "case-refused");
    const phone = await t.as(accounts.countyAgent, { phone: true });
    await phone.goto(work.path);
    await t.look(phone, "case-refused");
  });

  await t.step("nothing more happens to a case that is over", async () => {
    const before = await office.state(t, work);
    for (const [person, act] of [[reviewer, "approve_first"], [agent, "resubmit"], [agent, "withdraw"]]) {
      const answer = await office.post(person, `${work.path}/acts/${act}`);
      assert.ok([403, 409, 422].includes(answer.status), `${act}: ${answer.status}`);
    }
    assert.deepEqual(await office.state(t, work), before);
  });

  await t.step("another case is withdrawn by its agent", async () => {
    const other = await office.fileApplication(t, { name: "闽侯县政务服务示范局合同专用章" });
    await agent.goto(other.path);
    const form = await office.unfold(agent, "withdraw");
    await form.getByLabel("撤回原因").fill("改由上级单位统一申请。");
    await t.press(agent, "撤回", { within: form });
    await t.sees(agent, "已办理「撤回」");
    await t.sees(agent.locator("h1"), "已撤回");
    await t.sees(agent, "改由上级单位统一申请。");
    await t.look(agent, "case-withdrawn");
    // The approver finds nothing to approve.
    const answer = await office.post(await t.as(accounts.countyApprover), `${other.path}/acts/approve_in_unit`);
    assert.ok([403, 409, 422].includes(answer.status), String(answer.status));
  });
}
