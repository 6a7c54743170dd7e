import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";

export const name = "Several seals are lost at once: one report suspends them all; one is issued anew, one given up";
export const server = () => ({ name: "people", settings: "[policy]\nkey_stock_required = false\n" });

const NAMES = ["福州市公共服务示范局", "福州市公共服务示范局财务专用章", "福州市公共服务示范局合同专用章"];

export async function run(t) {
  const seals = [];
  await t.step("three seals of a city's unit, two of them on USB KEYs", async () => {
    for (const [i, name] of NAMES.entries()) {
      const key = i < 2 ? { medium: "usb_key", serial: `FJ2026230${i}` } : {};
      seals.push(await quick.seal(t, { unit: "city", name, ...key }));
    }
  });
  const [first, second, third] = seals;
  const agent = await t.as(first.agent);

  await t.step("ticked together and reported on a phone", async () => {
    const phone = await t.as(first.agent, { phone: true });
    await phone.goto("/desk");
    await t.follow(phone, "报告丢失、失控");
    for (const { code } of [first, second]) await phone.getByRole("checkbox", { name: code }).check();
    await t.fill(phone, { 情况说明: "出差途中背包被盗，两枚 USB KEY 一并丢失。" });
    await t.look(phone, "several-lost");
    await t.press(phone, "报告并立即停用");
    await t.sees(phone, "2 枚印章已立即停用并公示");
    await t.look(phone, "several-losses");
    await t.leave(phone);
  });

  await t.step("both are suspended for everybody, the third is not", async () => {
    const visitor = await t.visitor();
    for (const [seal, state] of [[first, "停用"], [second, "停用"], [third, "有效"]]) {
      await visitor.goto(`/status?code=${seal.code}`);
      await t.sees(visitor.locator(".verdict"), state);
    }
    await agent.goto("/desk/losses");
    for (const { code } of [first, second]) await t.sees(agent.getByRole("row", { name: code }), "待办补办或撤销");
    await t.look(agent, "several-losses");
  });

  await t.step("the first is issued anew on another key; the acceptance asks once", async () => {
    const work = await office.beginFromSeal(t, first, "办理补办");
    if (work.step === "seal") await t.press(agent, "保存，下一步");
    await agent.goto(`${work.wizard}/papers`);
    await office.reasonsAndSubmit(t, agent, work, "USB KEY 被盗，业务仍需使用电子印章，申请补办。");
    for (const step of [quick.approveInUnit, quick.handIn, quick.handOver]) await step(t, work);
    const words = "请附公安机关的报案回执。";
    await quick.receivePapers(await t.as(accounts.maker), work);
    await office.sendBack(t, accounts.maker, work, "request_correction", "单位的申请红头函", words);
    await office.rescan(t, work);
    for (const step of [quick.accept, quick.reviewFirst, quick.reviewFinal]) await step(t, work);
    await quick.make(t, work, { serial: "FJ20262309" });
    await quick.collect(t, work);
    await office.sealIs(t, work.agent, work.seal, "有效");
    await office.sealIs(t, work.agent, first.seal, "注销");
  });

  await t.step("the second is given up: the lost key is not asked for", async () => {
    const work = await office.beginFromSeal(t, second, "办理撤销");
    await office.reasonsAndSubmit(t, agent, work, "USB KEY 被盗，该印章不再使用，申请撤销。");
    await quick.toProduction(t, work);
    const maker = await t.as(accounts.maker);
    await quick.send(maker, `${work.path}/production`, "/acts/start_production");
    await quick.made(t, work);
    await quick.send(maker, work.path, "/acts/close");
    await office.sealIs(t, work.agent, second.seal, "注销");
    await agent.goto("/desk/losses");
    await t.sees(agent, "没有");
    await t.look(agent, "no-losses");
  });
}
