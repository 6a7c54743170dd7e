import assert from "node:assert/strict";
import { crc32 } from "node:zlib";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";
import { workbook } from "../lib/xlsx.mjs";

/** So many seals; the guide knows no bound. `YINXIN_SEALS=200 node run.mjs 20` takes some minutes with a debug build. */
const SEALS = Number(process.env.YINXIN_SEALS ?? 40);

export const name = "One summary sheet, many seals: filed, reviewed, made in one go with progress, and handed out together";
export const server = () => ({ name: "many" });

const UNIT = "福建省数字政务示范厅";
const HEADS = ["序号", "申请电子印章类型", "印章名称", "印章宽度（MM）", "印章长度（MM）", "印章功能类型", "证书介质", "申请个人姓名", "申请个人身份证号"];

export async function run(t) {
  const { agent: login, approver } = quick.UNITS.province;
  const agent = await t.as(login);
  const work = { agent: login, approver, name: UNIT };

  await t.step("the sheet becomes the forms of a case", async () => {
    const lines = Array.from({ length: SEALS }, (_, i) => [
      String(i + 1), "单位印章", `${UNIT}业务专用章（${i + 1}）`, "42", "42", "业务专用章", "平台托管", "", "",
    ]);
    const buffer = workbook([[`${UNIT}申请汇总`], HEADS, ...lines]);
    await agent.goto("/desk/summary");
    const sheet = { name: "汇总表.xlsx", mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", buffer };
    await t.fill(agent, { 业务类型: "印章申请", 汇总表: { file: sheet } });
    await t.press(agent, "上传并核对");
    await t.sees(agent, `增加 ${SEALS} 份申请表`);
    await t.follow(agent, "进入办件");
    work.path = new URL(agent.url()).pathname;
    await t.look(agent, "many-case");
  });

  await t.step("every form gets its imprint; the rest is told once", async () => {
    const applications = await everyApplication(agent, work.path);
    assert.equal(applications.length, SEALS);
    const picture = (await office.imprintFile(t, UNIT)).buffer;
    const csrf = await formToken(agent);
    for (const [i, application] of applications.entries()) {
      const imprint = { name: "印模.png", mimeType: "image/png", buffer: told(picture, String(i)) };
      const answer = await agent.request.post(`${work.path}/applications/${application}/imprint`, {
        multipart: { csrf, imprint, width: "42", height: "42", then: "next" },
        maxRedirects: 0,
      });
      assert.ok(answer.status() < 400, `imprint ${i}: ${answer.status()}`);
    }
    work.application = applications[0];
    work.wizard = `${work.path}/applications/${work.application}`;
    await agent.goto(`${work.wizard}/papers`);
    await t.fill(agent, { 办理电子印章的理由: office.REASONS });
    await t.press(agent, "保存理由");
    await t.follow(agent, "下一步：核对提交");
    await t.sees(agent, `${SEALS} 张申请表全部填写完整`);
    await t.look(agent, "many-check");
    await office.submit(t, work);
  });

  await t.step("approved, handed in with a scan of every form, accepted, reviewed twice", async () => {
    for (const step of [quick.approveInUnit, quick.handIn, quick.accept, quick.reviewFirst, quick.reviewFinal]) {
      t.step_ = step.name;
      await step(t, work);
    }
  });

  const maker = await t.as(accounts.maker);
  await t.step("all are made in one go; the progress can be watched, and survives a reload", async () => {
    await maker.goto(`${work.path}/production`);
    await t.look(maker, "many-production");
    await t.press(maker, `全部开始办理（${SEALS} 枚）`);
    await t.sees(maker, /已办理 \d+ \/ \d+ 枚/);
    await t.shot(maker, "many-making");
    let before = 0;
    for (const end = Date.now() + 120_000; ; ) {
      await maker.goto(`${work.path}/production`);
      const [, made, all] = (await maker.locator("main").innerText()).match(/已办理 (\d+) \/ (\d+) 枚/).map(Number);
      assert.equal(all, SEALS);
      assert.ok(made >= before, `${made} made, and ${before} before`);
      before = made;
      if (made === all) break;
      assert.ok(Date.now() < end, `${made} of ${all} after two minutes`);
      await maker.waitForTimeout(500);
    }
    await t.look(maker, "many-made");
    const phone = await t.as(accounts.maker, { phone: true });
    await phone.goto(`${work.path}/production`);
    await t.look(phone, "many-made");
    await t.leave(phone);
  });

  await t.step("one collection for all of them", async () => {
    await quick.send(maker, work.path, "/acts/notify_collection");
    await maker.goto(`${work.path}/collection`);
    await office.fillCollection(t, maker, { collector_name: "周海燕", letter_name: "周海燕", id_copy_name: "周海燕" });
    await t.press(maker, "登记领取，交付印章");
    await t.sees(maker, "领取已登记，印章已启用");
    assert.equal(await maker.getByText(/激活码：/).count(), SEALS, "a code for each seal");
    await t.look(maker, "many-collected");
  });
}

/** The applications of a case, from the pages of their list. */
async function everyApplication(page, path) {
  const found = new Set();
  for (let next = `${path}/applications`; next; ) {
    await page.goto(next);
    const links = await page.evaluate(() => [...document.querySelectorAll("main a[href]")].map((a) => a.getAttribute("href")));
    for (const link of links) {
      const [, application] = link.match(/\/applications\/([0-9a-f-]{36})\//) ?? [];
      if (application) found.add(application);
    }
    next = links.find((link) => new URL(link, "http://x").searchParams.get("after") > new URL(next, "http://x").searchParams.get("after"));
  }
  return [...found];
}

async function formToken(page) {
  return (await page.context().cookies()).find(({ name }) => name === "yinxin_form").value;
}

/** The same picture as another file: each form has to have an imprint of its own. A text chunk before the end (IEND). */
function told(png, text) {
  const body = Buffer.concat([Buffer.from("tEXtn\0"), Buffer.from(text)]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, -12), length, body, sum, png.subarray(-12)]);
}
