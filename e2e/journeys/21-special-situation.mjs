import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";

export const name = "A special situation is confirmed for another year: proposed by the agent, sent back once, confirmed by the approver";

/** To be confirmed within a month from the day on which it is registered: so it is due without waiting. */
const settings = (days) => `[policy]\nspecial_confirmation_days = ${days}\nspecial_notice_days = 30\n`;
export const server = () => ({ settings: settings(30) });

const NAME = "闽侯县政务服务示范局合同专用章";

export async function run(t) {
  const { agent: login, approver, consolidator } = quick.UNITS.county;

  await t.step("a seal with a special situation, allowed by the Center", async () => {
    const work = { ...(await office.fileSpecial(t, NAME)), agent: login, approver, consolidator };
    await quick.toProduction(t, work);
    await quick.make(t, work);
    await quick.collect(t, work);
    // From now on once a year.
    await t.close();
    await t.server.down();
    await writeFile(join(t.server.data, "yinxin.toml"), settings(365));
    await t.server.up();
  });
  const agent = await t.as(login);
  const boss = await t.as(approver);
  let path;

  await t.step("the register says until when; the agent says why it is still needed", async () => {
    await agent.goto("/desk/specials?tab=open");
    await t.sees(agent.getByRole("row", { name: NAME }), "待确认");
    await t.look(agent, "specials-due");
    await agent.getByRole("row", { name: NAME }).getByRole("link").first().click();
    await agent.waitForURL(/\/desk\/specials\/[0-9a-f-]+$/);
    path = new URL(agent.url()).pathname;
    await t.sees(agent, /请在 .+ 前确认是否继续/);
    await t.look(agent, "special-due");
    const form = await office.unfold(agent, "propose");
    await t.fill(form, { 情况说明: "内外网合同系统分别部署。" });
    await t.press(agent, "提出继续", { within: form });
    await t.sees(agent, "已提出继续");
  });

  await t.step("the approver wants to know more", async () => {
    await boss.goto(path);
    await t.sees(boss, "内外网合同系统分别部署。");
    await t.look(boss, "special-proposed");
    const form = await office.unfold(boss, "send_back");
    await t.fill(form, { 退回的理由: "请写明两套系统预计合并的时间。" });
    await t.press(boss, "退回", { within: form });
    await t.sees(boss, "已退回经办人");
    await agent.goto(path);
    await t.sees(agent, "请写明两套系统预计合并的时间。");
    const again = await office.unfold(agent, "propose");
    await t.fill(again, { 情况说明: "内外网合同系统分别部署，预计2028年合并。" });
    await t.press(agent, "提出继续", { within: again });
  });

  await t.step("only with the commitment; then it stands for another year", async () => {
    const phone = await t.as(approver, { phone: true });
    await phone.goto(path);
    await t.look(phone, "special-proposed");
    const form = await office.unfold(phone, "confirm");
    await form.getByRole("checkbox", { name: /情况属实/ }).check();
    await t.press(phone, "确认继续", { within: form });
    await t.sees(phone, "已确认继续");
    await t.sees(phone.locator("h1"), "有效");
    await t.sees(phone, /下次确认截止/);
    await t.look(phone, "special-confirmed");
    await boss.goto("/desk/specials?tab=open");
    await t.sees(boss.getByRole("row", { name: NAME }), "有效");
  });

  await t.step("the Center sees who confirmed it, and when", async () => {
    const reviewer = await t.as(accounts.reviewer);
    await reviewer.goto(path);
    await t.sees(reviewer.locator(".timeline"), "确认继续");
    await t.look(reviewer, "special-confirmed-center");
  });
}
