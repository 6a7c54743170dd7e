import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as ofd from "../lib/ofd.mjs";
import { file, imprint, paper } from "../lib/pictures.mjs";

export const name = "Bad files, double clicks, wrong hands: each is answered clearly and changes nothing";

/** A server that takes files up to 1 MB. */
export async function server() {
  const path = join(await mkdtemp(join(tmpdir(), "yinxin-e2e-")), "yinxin.toml");
  await writeFile(path, "max_file_mb = 1\n");
  return { args: ["--config", path] };
}

export async function run(t) {
  t.expectProblem(/status of (403|404|409|413|422)/);
  // A connection that the server closes on a body far over the limit.
  t.expectProblem(/ERR_CONNECTION_(RESET|ABORTED)/);
  const agent = await t.as(accounts.countyAgent);
  const visitor = await t.visitor();
  const name = "闽侯县政务服务示范局";
  const work = { agent: accounts.countyAgent, name, ...(await office.openCase(t, agent)) };

  const bring = async (picture) => {
    await agent.goto(`${work.wizard}/imprint`);
    await agent.getByLabel("印模图片").setInputFiles(picture);
    await t.fill(agent, { "印章宽度（MM）": "42", "印章长度（MM）": "42" });
    await t.press(agent, "保存并查看");
  };
  const nothingKept = async () => {
    await agent.goto(work.path);
    await t.seesNot(agent.locator(".materials"), "已上传");
  };

  await t.step("an imprint of 0 bytes", async () => {
    await bring(file("空.png", Buffer.alloc(0), "image/png"));
    await t.sees(agent, "文件「空.png」是空的（0 字节），请重新选择文件。");
    await t.look(agent, "hostile-empty");
    await nothingKept();
  });

  await t.step("a text that calls itself a picture", async () => {
    await bring(file("印模.png", "这不是图片", "image/png"));
    await t.sees(agent.locator(".notice.tone-bad"), /印模\.png|图片/);
    await t.look(agent, "hostile-text");
    await nothingKept();
  });

  await t.step("a picture that is cut off, and one of 100 megapixels", async () => {
    const whole = await imprint(t.browser, { name });
    await bring(file("半张.png", whole.subarray(0, whole.length / 2), "image/png"));
    await t.sees(agent.locator(".notice.tone-bad"), /图片/);
    // The size that the header claims is enough.
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(10_000, 16);
    huge.writeUInt32BE(10_000, 20);
    await bring(file("巨幅.png", huge, "image/png"));
    await t.sees(agent.locator(".notice.tone-bad"), /./);
    await nothingKept();
  });

  await t.step("a file over the limit", async () => {
    await bring(file("过大.png", Buffer.concat([await imprint(t.browser, { name }), Buffer.alloc(1.2e6)]), "image/png"));
    await t.sees(agent, /过大\.png」超过 1 MB/);
    await nothingKept();
  });

  await t.step("a body far over the limit is not even read", async () => {
    const cookies = await agent.context().cookies();
    const csrf = cookies.find((cookie) => cookie.name === "yinxin_form").value;
    const answer = await agent.request
      .post(`${work.wizard}/imprint`, { multipart: { csrf, imprint: file("巨大.png", Buffer.alloc(8e6), "image/png") } })
      .catch(() => null);
    if (answer) {
      assert.equal(answer.status(), 413);
      assert.match(await answer.text(), /文件(过|太)大/);
    }
    await nothingKept();
  });

  await t.step("what is no OFD is no verdict on a seal", async () => {
    const oneByteZip = ofd.zip({ "a.txt": "a" });
    for (const [title, bytes] of [
      ["空.ofd", Buffer.alloc(0)],
      ["压缩包.ofd", oneByteZip],
      ["文字.ofd", Buffer.from("这不是版式文件")],
      ["半个.ofd", (await ofd.document()).bytes.subarray(0, 400)],
      ["无页.ofd", ofd.zip({ "OFD.xml": "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016' Version='1.0' DocType='OFD'/>" })],
      ["实体.ofd", ofd.zip({ "OFD.xml": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>" })],
    ]) {
      await visitor.goto("/verify");
      await visitor.locator("input[type=file]").setInputFiles(file(title, bytes));
      await t.press(visitor, "开始验章");
      const main = await visitor.locator("main").innerText();
      assert.ok(main.includes(title), title);
      assert.doesNotMatch(main, /^有效：/m, title);
      assert.doesNotMatch(main, /root:|internal/, title);
    }
    await t.look(visitor, "hostile-verify");
  });

  await t.step("a form that was not sent by a page of ours is refused", async () => {
    for (const csrf of ["", "wrong", "0".repeat(22)]) {
      const answer = await office.post(agent, "/desk/cases", { csrf, business: "new", seal_kind: "unit" });
      assert.equal(answer.status, 403);
      assert.match(answer.text, /表单已失效/);
    }
    const elsewhere = await agent.request.post("/desk/cases", {
      form: { business: "new", seal_kind: "unit" },
      headers: { Origin: "https://elsewhere.example" },
    });
    assert.equal(elsewhere.status(), 403);
  });

  await t.step("without signing in nothing is done", async () => {
    await visitor.goto("/login");
    const answer = await office.post(visitor, `${work.path}/acts/submit`);
    assert.ok([302, 303, 401, 403].includes(answer.status), String(answer.status));
  });

  await t.step("the case is filled in after all", async () => {
    await agent.goto(`${work.wizard}/seal`);
    await t.fill(agent, { 印章功能类型: { radio: "法定名称章" }, 证书介质: { radio: "平台托管" } });
    await t.press(agent, "保存，下一步");
    await office.bringImprint(t, agent, name);
    await t.press(agent, "保存，下一步");
    await t.fill(agent, { 办理电子印章的理由: office.REASONS });
    await t.press(agent, "保存理由");
    await agent.goto(`${work.wizard}/check`);
  });

  await t.step("the same form sent at once from two browsers: one is first, the other is told", async () => {
    // The same person at another machine: their own cookies, their own session.
    const other = await t.as(accounts.countyAgent, { phone: true });
    await other.goto(`${work.wizard}/check`);
    const pages = [agent, other];
    await Promise.all(pages.map((page) => t.press(page, "提交单位审批")));
    const said = await Promise.all(pages.map((page) => page.locator("main").innerText()));
    const won = said.filter((text) => text.includes("已办理「提交单位审批」"));
    assert.equal(won.length, 1, said.join("\n-----\n"));
    const lost = pages[said.indexOf(said.find((text) => !won.includes(text)))];
    await t.sees(lost.locator(".notice.tone-bad"), /已有了?变化|已经有了变化|没有生效/);
    await t.look(lost, "hostile-second-browser");
    work.number = (await agent.locator(".mono").first().innerText()).trim();
    const { story } = await office.state(t, work);
    assert.equal(story.match(/提交申请/g).length, 1, story);
  });

  await t.step("an act that is done twice, or from an old page", async () => {
    const approver = await t.as(accounts.countyApprover);
    await approver.goto(work.path);
    const old = await t.anotherPage(approver);
    await old.goto(work.path);
    await t.press(approver, "同意");
    await t.press(old, "同意");
    await t.sees(old.locator(".notice.tone-bad"), /./);
    await t.look(old, "hostile-twice");
    const { story } = await office.state(t, work);
    assert.equal(story.match(/单位审批：/g).length, 1, story);
  });

  await t.step("a step by the wrong role, and out of order", async () => {
    const before = await office.state(t, work);
    for (const [account, act] of [
      [accounts.maker, "accept"],
      [accounts.maker, "start_production"],
      [accounts.leader, "approve_final"],
      [accounts.pingtanConsolidator, "hand_over"],
      [accounts.securityAdministrator, "withdraw"],
      [accounts.countyAgent, "no_such_act"],
    ]) {
      const answer = await office.post(await t.as(account), `${work.path}/acts/${act}`, { application: work.application });
      assert.ok([403, 404, 409, 422].includes(answer.status), `${account} ${act}: ${answer.status}`);
    }
    assert.deepEqual(await office.state(t, work), before);
  });

  await t.step("addresses that lead nowhere", async () => {
    for (const path of ["/desk/cases/1", "/desk/cases/00000000-0000-0000-0000-000000000000", "/desk/seals/x", "/desk/uses/%00", "/nowhere", "/assets/0/../../etc/passwd"]) {
      const response = await agent.goto(path);
      assert.ok([400, 404].includes(response.status()), `${path}: ${response.status()}`);
      await t.sees(agent, /找不到|不存在|无法识别/);
    }
    const scan = await agent.request.get(`${work.path}/materials/00000000-0000-0000-0000-000000000000`);
    assert.equal(scan.status(), 404);
  });

  await t.step("words that look like markup are words", async () => {
    await agent.goto("/desk?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    await agent.goto("/desk/search?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E");
    await visitor.goto("/status?code=%3Cb%3E1%3C%2Fb%3E");
    assert.equal(await visitor.locator("main b").count(), 0);
  });

  await t.step("a paper that is no paper", async () => {
    await agent.goto(`${work.path}/papers`);
    const slot = agent.locator(".slot", { hasText: "缺少" }).first();
    await slot.locator("input[type=file]").setInputFiles(file("红头函.pdf", "%PDX 不是", "application/pdf"));
    await t.press(agent, "上传", { within: slot });
    await t.sees(agent.locator(".notice.tone-bad"), /红头函\.pdf」不是 PDF、JPEG 或 PNG/);
    const good = await paper(t.browser, "红头函");
    await agent.locator(".slot", { hasText: "缺少" }).first().locator("input[type=file]").setInputFiles(file("a/b\\c<i>.jpg", good, "image/jpeg"));
    await t.press(agent, "上传", { within: agent.locator(".slot", { hasText: "缺少" }).first() });
    await t.sees(agent, "已上传");
  });
}
