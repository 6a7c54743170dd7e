import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { accounts } from "../lib/accounts.mjs";
import { entries, zip } from "../lib/ofd.mjs";
import { cells, comments, workbook } from "../lib/xlsx.mjs";

export const name = "A summary sheet with bad cells comes back marked; mended, it becomes the forms of a case";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const HEADS = [
  "序号",
  "申请电子印章类型",
  "印章名称",
  "印章宽度（MM）",
  "印章长度（MM）",
  "印章功能类型",
  "证书介质",
  "申请个人姓名",
  "申请个人身份证号",
];
const GOOD = [
  ["1", "单位印章", "闽侯县政务服务示范局", "42", "42", "法定名称章", "USB KEY", "", ""],
  ["2", "单位印章", "闽侯县政务服务示范局业务专用章（一）", "38.5", "38.5", "业务专用章", "平台托管", "", ""],
  ["3", "个人印章", "林晓梅", "20", "10", "个人名章/签名", "USB KEY", "林晓梅", "11010519491231002X"],
];

const sheet = (lines) => ({
  file: { name: "汇总表.xlsx", mimeType: XLSX, buffer: workbook([["某某局申请汇总"], HEADS, ...lines]) },
});

export async function run(t) {
  const agent = await t.as(accounts.countyAgent);
  const phone = await t.as(accounts.countyAgent, { phone: true });

  await t.step("the empty sheet is downloaded: heads, notes, and nothing but strings", async () => {
    await agent.goto("/desk/cases/new");
    await t.follow(agent, "从汇总表开始");
    await t.look(agent, "summary-upload");
    await phone.goto("/desk/summary");
    await t.look(phone, "summary-upload");
    const empty = await t.download(agent, () => agent.getByRole("link", { name: "印章申请空表" }).click());
    assert.match(empty.name, /申请汇总表（印章申请，空表）\.xlsx/);
    const bytes = await readFile(empty.path);
    const titles = cells(bytes).find((row) => row[0] === "序号");
    for (const head of HEADS) assert.ok(titles.includes(head), `${head} in ${titles}`);
    assert.ok(comments(bytes).length > 10);
  });

  await t.step("what is no sheet is refused in words", async () => {
    t.expectProblem(/status of 422/);
    const text = { name: "汇总表.xlsx", mimeType: XLSX, buffer: Buffer.from("序号,名称\n") };
    await t.fill(agent, { 汇总表: { file: text } });
    await t.press(agent, "上传并核对");
    await t.sees(agent, "这不是 XLSX 表格文件");
  });

  await t.step("bad cells are named by row and column, and nothing is made", async () => {
    const bad = GOOD.map((line) => [...line]);
    bad[1][3] = "三十八";
    bad[2][8] = "110105194912310021";
    await t.fill(agent, { 业务类型: "印章申请", 汇总表: sheet(bad) });
    await t.press(agent, "上传并核对");
    await t.sees(agent, "没有生成任何申请表");
    await t.sees(agent, "第 4 行");
    await t.sees(agent, "第 5 行");
    await t.look(agent, "summary-refused");
    await phone.goto(new URL(agent.url()).pathname);
    await t.look(phone, "summary-refused");
    const download = await t.download(agent, () => agent.getByRole("link", { name: "下载待更正的表格" }).click());
    const bytes = await readFile(download.path);
    assert.equal(download.name, "汇总表-待更正.xlsx");
    const told = comments(bytes).map(({ text }) => text).join("；");
    assert.match(told, /毫米数/);
    assert.ok(cells(bytes).some((row) => row.includes("三十八")), "what was filled in is still there");
  });

  let path;
  await t.step("the mended sheet becomes three forms", async () => {
    await t.fill(agent, { 更正后的汇总表: sheet(GOOD) });
    await t.press(agent, "上传并核对");
    await t.sees(agent, "增加 3 份申请表");
    await t.look(agent, "summary-taken");
    await t.follow(agent, "进入办件");
    path = new URL(agent.url()).pathname;
    for (const line of GOOD) await t.sees(agent, line[2]);
    await t.sees(agent, "待补充印模");
    await t.look(agent, "case-from-summary");
    await t.follow(agent, "各份申请表");
    await t.look(agent, "case-applications");
    await phone.goto(`${path}/applications?tab=open`);
    await t.look(phone, "case-applications");
  });

  await t.step("the sheet of the case says what its forms say", async () => {
    await agent.goto(path);
    const download = await t.download(agent, () => agent.getByRole("link", { name: "下载汇总表" }).click());
    const rows = cells(await readFile(download.path));
    for (const line of GOOD) assert.ok(rows.some((row) => row.includes(line[2])), line[2]);
  });

  await t.step("the letter is downloaded as a Word file and compared with the forms", async () => {
    await agent.goto(`${path}/papers`);
    const reasons = "我局自2026年12月起在网上签发办理结果通知，需要使用电子印章。";
    await t.fill(agent, { 办理电子印章的理由: reasons });
    await t.press(agent, "保存理由");
    await agent.goto(`${path}/papers`);
    const download = await t.download(agent, () => agent.getByRole("link", { name: "下载 Word 稿修改" }).click());
    assert.match(download.name, /^红头函-.*\.docx$/);
    const draft = await readFile(download.path);
    const body = entries(draft).find(({ name }) => name === "word/document.xml").content.toString("utf8");
    assert.ok(body.includes(reasons) && body.includes("单位印章2枚、个人印章1枚"));
    const sent = (bytes) => ({ 修改后的红头函: { file: { name: "红头函.docx", mimeType: DOCX, buffer: bytes } } });
    await t.fill(agent, sent(draft));
    await t.press(agent, "核对并保存");
    await t.sees(agent, "红头函与申请表一致，已随办件保存");
    const kept = await t.download(agent, () => agent.getByRole("link", { name: /^红头函\.docx/ }).click());
    assert.deepEqual(await readFile(kept.path), draft);
    const wrong = Object.fromEntries(
      entries(draft).map(({ name, content }) => [
        name,
        name === "word/document.xml" ? body.replace("单位印章2枚", "单位印章五枚") : content,
      ]),
    );
    await agent.goto(`${path}/papers`);
    await t.fill(agent, sent(zip(wrong)));
    await t.press(agent, "重新核对");
    await t.sees(agent, "红头函写的单位印章为 5 枚，申请表共 2 枚");
    await t.look(agent, "letter-differs");
    await phone.goto(`${path}/papers`);
    await t.look(phone, "letter-papers");
  });

  await t.step("a list is exported, printed, and opens with a filter of one's own", async () => {
    await agent.goto("/desk?tab=draft&business=new");
    const download = await t.download(agent, () => agent.getByRole("link", { name: "导出 XLSX" }).click());
    assert.match(download.name, /^我的办件-\d{8}\.xlsx$/);
    const rows = cells(await readFile(download.path));
    assert.ok(rows.some((row) => row.includes("办件编号")) && rows.some((row) => row.includes("草稿")));
    await t.follow(agent, "打印");
    await t.sees(agent, "业务类型：印章申请");
    await t.look(agent, "list-print");
    await t.follow(agent, "返回");
    await agent.goto("/desk?tab=draft&business=new");
    await t.fill(agent, { 当前筛选的名称: "新申请草稿" });
    await t.press(agent, "保存筛选");
    await agent.getByText("管理我的筛选").click();
    await t.look(agent, "list-filters");
    await t.press(agent, "设为默认");
    await agent.goto("/desk");
    assert.match(agent.url(), /tab=draft&business=new/);
    await phone.goto("/desk");
    await t.look(phone, "list-filters");
    await agent.getByText("管理我的筛选").click();
    await t.press(agent, "删除");
    await agent.goto("/desk");
    assert.doesNotMatch(agent.url(), /business=new/);
  });
}
