import assert from "node:assert/strict";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";

export const name = "A county unit applies for its seal, corrects once, and gets the seal";

const NAME = "闽侯县政务服务示范局";
const REASON = "印章名称请与公安备案的名称一致，去掉“（新）”。";

export async function run(t) {
  const agent = await t.as(accounts.countyAgent);
  const approver = await t.as(accounts.countyApprover);
  const work = { agent: accounts.countyAgent, name: NAME };

  await t.step("the agent's desk leads to a new application", async () => {
    await agent.goto("/desk");
    await t.look(agent, "desk-agent-empty");
    Object.assign(work, await office.openCase(t, agent));
  });

  await t.step("what is known is not asked again", async () => {
    await t.sees(agent, "1135012100DEM0004T");
    assert.equal(await agent.getByLabel("单位名称").count(), 0);
    assert.equal(await agent.getByLabel("印章名称").inputValue(), NAME);
  });

  await t.step("what was typed is saved by itself and survives a reload", async () => {
    await agent.getByLabel("印章名称").fill(`${NAME}（新）`);
    await agent.getByText(/^已于 .* 自动保存$/).waitFor();
    await agent.reload();
    assert.equal(await agent.getByLabel("印章名称").inputValue(), `${NAME}（新）`);
    await t.fill(agent, { 印章功能类型: { radio: "法定名称章" }, 证书介质: { radio: "平台托管" } });
    await t.look(agent, "wizard-seal");
    await t.press(agent, "保存，下一步");
  });

  await t.step("the imprint is shown at its true size while it is typed", async () => {
    await agent.waitForURL(/\/imprint$/);
    const picture = await office.imprintFile(t, `${NAME}`);
    await agent.getByLabel("印模图片").setInputFiles(picture);
    await t.fill(agent, { "印章宽度（MM）": "42", "印章长度（MM）": "42" });
    await t.sees(agent, "真实大小预览");
    const shown = await agent.locator("[data-imprint-live] svg").boundingBox();
    // CSS millimetres: 96 px to the inch.
    assert.ok(Math.abs(shown.width - (42 * 96) / 25.4) < 1, `${shown.width} px`);
    await t.press(agent, "保存并查看");
    await t.sees(agent, "印模清晰");
    const kept = await agent.locator(".imprint-now .imprint svg").boundingBox();
    assert.ok(Math.abs(kept.width - (42 * 96) / 25.4) < 1, `${kept.width} px`);
    await t.look(agent, "wizard-imprint");
    await t.press(agent, "保存，下一步");
  });

  await t.step("a size that cannot be is answered at its field", async () => {
    await agent.goto(`${work.wizard}/imprint`);
    t.expectProblem(/status of 422/);
    await t.fill(agent, { "印章宽度（MM）": "420" });
    await t.press(agent, "保存，下一步");
    await t.sees(agent.locator("[data-field=width]"), /应在 5 至 100 毫米之间/);
    await t.fill(agent, { "印章宽度（MM）": "42" });
    await t.press(agent, "保存，下一步");
    await agent.waitForURL(/\/agent$/);
  });

  await t.step("wrong check characters are answered at their fields, in words", async () => {
    await t.fill(agent, { 经办人手机号: "12800001001", 经办人身份证号: "350102199001011018" });
    await t.press(agent, "保存，下一步");
    const id = agent.locator("[data-field=agent_id]");
    await t.sees(id, /身份证号第 18 位校验不符/);
    await t.sees(id, "resident_id_check");
    await t.sees(agent.locator("[data-field=agent_mobile]"), "手机号应为 11 位数字");
    assert.equal(await agent.getByLabel("经办人身份证号").getAttribute("aria-invalid"), "true");
    await t.look(agent, "wizard-errors");
    await t.fill(agent, { 经办人手机号: "13800001001", 经办人身份证号: office.COLLECTOR.id });
    await t.press(agent, "保存，下一步");
    await agent.waitForURL(/\/papers$/);
  });

  await t.step("what still holds back the submission stands beside the button", async () => {
    await agent.goto(`${work.wizard}/check`);
    const button = agent.getByRole("button", { name: "提交单位审批" });
    assert.ok(await button.isDisabled());
    await t.sees(agent, /红头函的办理理由：/);
    await t.look(agent, "wizard-check-held");
  });

  await t.step("the reasons of the red-header letter, and its draft", async () => {
    await agent.goto(`${work.wizard}/papers`);
    await t.fill(agent, { 办理电子印章的理由: office.REASONS });
    await t.press(agent, "保存理由");
    await t.sees(agent, "红头函的办理理由已保存");
    await t.look(agent, "wizard-papers");
    await agent.goto(`${work.path}/print`);
    await t.sees(agent, "红头函");
    await t.look(agent, "papers-to-print");
    const letter = await agent.request.get(`${work.path}/print/red-header-letter`);
    assert.equal(letter.headers()["content-type"], "application/pdf");
    await agent.goto(`${work.wizard}/check`);
    await t.look(agent, "wizard-check");
    await office.submit(t, work);
    assert.match(work.number, /^闽印\d{4}-\d{6}-\d$/);
    await t.look(agent, "case-agent-submitted");
  });

  await t.step("nobody else can act out of turn, and nothing changes", async () => {
    const before = await office.state(t, work);
    for (const [account, act] of [
      [accounts.countyAgent, "approve_in_unit"],
      [accounts.maker, "approve_first"],
      [accounts.reviewer, "approve_first"],
      [accounts.leader, "approve_final"],
      [accounts.consolidator, "hand_over"],
      [accounts.cityApprover, "approve_in_unit"],
      [accounts.systemAdministrator, "approve_in_unit"],
      [accounts.auditor, "submit"],
    ]) {
      const answer = await office.post(await t.as(account), `${work.path}/acts/${act}`);
      assert.ok([403, 404, 409, 422].includes(answer.status), `${account} ${act}: ${answer.status}`);
      assert.match(answer.text, /您|此事项|办件|页面/, `${account} ${act}: an answer in words`);
    }
    assert.deepEqual(await office.state(t, work), before);
  });

  await t.step("another unit's people do not even see the case", async () => {
    const other = await t.as(accounts.cityAgent);
    t.expectProblem(/status of 40[34]/);
    const response = await other.goto(work.path);
    assert.ok([403, 404].includes(response.status()), String(response.status()));
    await t.seesNot(other, NAME);
    await t.look(other, "not-found");
  });

  await t.step("the approver sends it back with a reason", async () => {
    await office.fromQueue(t, approver, work);
    await t.look(approver, "case-approver");
    const back = await office.unfold(approver, "send_back_in_unit");
    await t.fill(back, { "第 1 项：关于": `「${NAME}（新）」印章名称` });
    await back.getByLabel("问题和改法").first().fill(REASON);
    await t.press(approver, "退回经办人", { within: back });
    await t.sees(approver, "已办理「单位审批退回」");
  });

  await t.step("the agent is led to the field, corrects it, and the same case goes on in revision 2", async () => {
    await office.fromQueue(t, agent, work);
    await t.sees(agent, REASON);
    await t.look(agent, "case-correction");
    await t.follow(agent, "去修改");
    await agent.waitForURL(/\/seal$/);
    await t.sees(agent, REASON);
    await t.fill(agent, { 印章名称: NAME });
    await t.press(agent, "保存，下一步");
    await agent.goto(`${work.wizard}/check`);
    await t.press(agent, "重新提交");
    await t.sees(agent, "已办理「重新提交」");
    await t.sees(agent, "第 2 版");
    await t.sees(agent, work.number);
  });

  await t.step("the approver approves", () => office.approveInUnit(t, work));
  await t.step("the agent uploads the scans and hands in", async () => {
    await agent.goto(`${work.wizard}/form`);
    await t.shot(agent, "application-form");
    await office.handIn(t, work);
  });
  await t.step("the consolidator registers the papers and hands over", () => office.handOver(t, work));

  await t.step("the seal maker registers the papers and answers the checklist by keyboard", async () => {
    const maker = await t.as(accounts.maker);
    await office.fromQueue(t, maker, work);
    await office.receivePapers(t, maker);
    await maker.goto(`${work.path}/acceptance`);
    await t.look(maker, "acceptance");
    const points = maker.locator("[data-point]");
    const count = await points.count();
    assert.ok(count >= 5, `${count} points`);
    await maker.keyboard.press("j");
    await maker.keyboard.press("a");
    assert.ok(await points.nth(0).getByRole("radio", { name: "通过" }).isChecked());
    await t.sees(maker, `共 ${count} 项：通过 1，有问题 0，未核对 ${count - 1}`);
    await maker.keyboard.press("q");
    assert.ok(await points.nth(1).getByRole("radio", { name: "有问题" }).isChecked());
    // The words have the focus now: letters are letters there.
    await maker.keyboard.type("ja");
    assert.ok((await points.nth(1).locator("textarea").inputValue()).endsWith("ja"));
    await maker.keyboard.press("Shift+Tab");
    await maker.keyboard.press("a");
    assert.ok(await points.nth(1).getByRole("radio", { name: "通过" }).isChecked());
    await maker.keyboard.press("Shift+A");
    await t.sees(maker, "全部通过，可以受理。");
    await t.press(maker, "受理，提交初审");
    await t.sees(maker, "已受理，提交印章审核员初审");
  });

  await t.step("who accepted cannot review, who reviewed first cannot review last", async () => {
    for (const [account, act] of [
      [accounts.maker, "approve_first"],
      [accounts.leader, "approve_first"],
      [accounts.reviewer, "approve_final"],
      [accounts.maker, "start_production"],
    ]) {
      const before = await office.state(t, work);
      const answer = await office.post(await t.as(account), `${work.path}/acts/${act}`, {
        application: work.application,
      });
      assert.ok([403, 404, 409, 422].includes(answer.status), `${account} ${act}: ${answer.status}`);
      assert.deepEqual(await office.state(t, work), before, `${account} ${act}`);
    }
  });

  await t.step("first review", async () => {
    const reviewer = await t.as(accounts.reviewer);
    await office.fromQueue(t, reviewer, work);
    await t.follow(reviewer, "对照材料审核");
    await t.look(reviewer, "review");
    await office.reviewFirst(t, work);
  });
  await t.step("final review", () => office.reviewFinal(t, work));
  await t.step("the seal is made", () => office.make(t, work));

  await t.step("made, it is not active yet", async () => {
    await agent.goto(`/status?code=${work.code}`);
    await t.sees(agent, "未启用");
  });

  await t.step("nobody else collects it", async () => {
    const maker = await t.as(accounts.maker);
    await maker.goto(`${work.path}/collection`);
    await t.look(maker, "collection");
    await office.fillCollection(t, maker, { id_copy_name: "王小明" });
    await t.press(maker, "登记领取，交付印章");
    await t.sees(maker, /同一人/);
    await t.sees(maker, "collector_not_same_person");
    await agent.goto(`/status?code=${work.code}`);
    await t.sees(agent, "未启用");
  });

  await t.step("collection with letter and ID copy: the seal is active", async () => {
    await office.collect(t, work);
    await agent.goto(work.seal);
    await t.sees(agent.locator("h1"), "有效");
    await t.sees(agent, "盖章前请先设置签章口令");
  });

  await t.step("the agent sets the PIN", async () => {
    await office.choosePin(t, work);
    await t.look(agent, "seal-agent");
  });

  await t.step("the case tells the whole story", async () => {
    await agent.goto(work.path);
    await t.sees(agent.locator("h1"), "已办结");
    const story = await agent.locator(".timeline").innerText();
    for (const who of ["林晓梅", "陈国栋", "谢丽娟", "张明远", "王慧敏", "李承志"]) {
      assert.ok(story.includes(who), `${who} is in the timeline`);
    }
    await t.look(agent, "case-done");
    const phone = await t.as(accounts.countyAgent, { phone: true });
    await phone.goto(work.path);
    await t.look(phone, "case-done");
  });

  // For the journeys that come after on the same server.
  t.server.work = work;
}
