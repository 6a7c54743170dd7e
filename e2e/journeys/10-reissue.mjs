import { accounts } from "../lib/accounts.mjs";
import * as office from "../lib/office.mjs";
import * as quick from "../lib/quick.mjs";
import { nearExpiry } from "../lib/server.mjs";

export const name = "A USB KEY is lost: reported, suspended at once, issued anew; the seal maker asks for a correction once";
export const server = nearExpiry;

export async function run(t) {
  const former = await t.step("a seal on a USB KEY", () =>
    quick.seal(t, { unit: "pingtan", name: "平潭综合实验区社会服务示范局", medium: "usb_key", serial: "FJ20260101" }),
  );
  const agent = await t.as(former.agent);

  await t.step("the loss is reported on the seal's page: suspended with the same press", async () => {
    await agent.goto(former.seal);
    const form = await office.unfold(agent, "loss");
    await form.locator("textarea").first().fill("USB KEY 在出差途中遗失。");
    const [answer] = await Promise.all([
      agent.waitForEvent("domcontentloaded"),
      form.locator("button[type=submit]").last().click(),
    ]);
    void answer;
    await t.sees(agent.locator("h1"), "停用");
    await t.look(agent, "seal-lost");
    const visitor = await t.visitor();
    await visitor.goto(`/status?code=${former.code}`);
    await t.sees(visitor, "停用");
  });

  const work = await t.step("what is offered now: reissue and revocation; the others say why not", async () => {
    await agent.goto(former.seal);
    await t.sees(agent.locator("#business"), "现在不能办理");
    const work = await office.beginFromSeal(t, former, "办理补办");
    await t.look(agent, "reissue-seal");
    if (work.step === "seal") await t.press(agent, "保存，下一步");
    await agent.goto(`${work.wizard}/papers`);
    await office.reasonsAndSubmit(t, agent, work, "USB KEY 遗失，业务仍需使用电子印章，申请补办。");
    for (const step of [quick.approveInUnit, quick.handIn, quick.handOver]) await step(t, work);
    return work;
  });

  await t.step("at the acceptance one point is queried: the correction notice goes out", async () => {
    const maker = await t.as(accounts.maker);
    await quick.receivePapers(maker, work);
    await maker.goto(`${work.path}/acceptance`);
    await maker.keyboard.press("Shift+A");
    const point = maker.locator("[data-point]", { hasText: "申请表" }).first();
    await point.getByRole("radio", { name: "有问题" }).check();
    await point.locator("textarea").fill("请补签字日期后重新扫描。");
    await t.press(maker, "发出整改通知");
    await t.sees(maker, "整改通知已发给经办人");
    await office.fromQueue(t, agent, work);
    await t.sees(agent, "请补签字日期后重新扫描。");
    await office.rescan(t, work);
    for (const step of [quick.accept, quick.reviewFirst, quick.reviewFinal]) await step(t, work);
  });

  await t.step("bound to another key, collected with letter and ID copy", async () => {
    await quick.make(t, work, { serial: "FJ20260102" });
    await quick.collect(t, work);
    await quick.choosePin(t, work);
    const page = await office.sealIs(t, work.agent, work.seal, "有效");
    await t.sees(page, "FJ20260102");
    await office.sealIs(t, work.agent, former.seal, "注销");
    await agent.goto(work.path);
    await t.sees(agent.locator("h1"), "已办结");
    await t.look(agent, "case-reissued");
  });
}
