// The way to what a journey is about: the same forms that people send, sent without looking at the pages between. What
// a journey is about is done in the browser, with lib/office.mjs.

import assert from "node:assert/strict";

import { accounts } from "./accounts.mjs";
import { COLLECTOR, PIN, REASONS, SIZE } from "./office.mjs";
import { certificateRequest } from "./p10.mjs";
import { imprint, paper, signature } from "./pictures.mjs";

/** Who is who in each unit of the demonstration. */
export const UNITS = {
  province: { agent: accounts.provinceAgent, approver: accounts.provinceApprover },
  city: { agent: accounts.cityAgent, approver: accounts.cityApprover, consolidator: accounts.consolidator },
  county: { agent: accounts.countyAgent, approver: accounts.countyApprover, consolidator: accounts.consolidator },
  pingtan: {
    agent: accounts.pingtanAgent,
    approver: accounts.pingtanApprover,
    consolidator: accounts.pingtanConsolidator,
  },
};

let scan;

/** A photograph of some signed paper, drawn once. */
async function photograph(t) {
  scan ??= await paper(t.browser, "签字盖章的材料");
  return { name: "扫描件.jpg", mimeType: "image/jpeg", buffer: scan };
}

/** The fields of the form on this page that is sent to an address ending so, as they stand; null without one. */
async function formOn(page, action) {
  return page.evaluate((action) => {
    const form = [...document.forms].find((form) => new URL(form.action).pathname.endsWith(action));
    if (!form) return null;
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    return { action: new URL(form.action).pathname, fields, files: form.enctype === "multipart/form-data" };
  }, action);
}

/** Opens a page and sends one of its forms as it stands, with some fields otherwise. Answers { location, text }. */
export async function send(page, at, action, fields = {}) {
  await page.goto(at);
  const form = await formOn(page, action);
  assert.ok(form, `${at} has no form for ${action}: ${await page.locator("h1").innerText()}`);
  const all = { ...Object.fromEntries(form.fields), ...fields };
  const answer = await page.request.post(form.action, {
    [form.files ? "multipart" : "form"]: all,
    maxRedirects: 0,
  });
  const text = await answer.text();
  assert.ok(answer.status() < 400, `${form.action}: ${answer.status()} ${words(text)}`);
  return { location: answer.headers().location, text };
}

/** What an answer says is wrong. */
const words = (html) =>
  [...html.matchAll(/<(?:p class="error"|div class="notice)[\s\S]*?<\/(?:p|div)>/g)].join(" ").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
const caseOf = (location) => location.match(/^\/desk\/cases\/[^/]+/)[0];

/** A submitted case of 印章申请 with one seal. `kind`: unit, personal, device; `medium`: usb_key, hosted, signing_device. */
export async function file(t, { unit = "province", kind = "unit", medium = "hosted", name, person } = {}) {
  const people = UNITS[unit];
  const page = await t.as(people.agent);
  const { location } = await send(page, "/desk/cases/new", "/desk/cases", { business: "new", seal_kind: kind });
  const wizard = location.replace(/\/seal$/, "");
  const work = { ...people, path: caseOf(location), wizard, application: wizard.split("/").pop(), name };
  const personal = person ? { person_name: person.name, person_id: person.id } : {};
  const func = { unit: "legal_name", personal: "personal_name", device: "business" }[kind];
  await send(page, `${wizard}/seal`, "/seal", { seal_name: name, medium, function: func, ...personal });
  const picture = kind === "personal" ? await signature(t.browser, { name: person.name }) : await imprint(t.browser, { name, diameter: SIZE });
  const [width, height] = kind === "personal" ? ["40", "20"] : [String(SIZE), String(SIZE)];
  await send(page, `${wizard}/imprint`, "/imprint", {
    imprint: { name: "印模.png", mimeType: "image/png", buffer: picture },
    width,
    height,
    then: "next",
  });
  if (kind === "device") {
    const buffer = Buffer.from(certificateRequest({ name }));
    await send(page, `${wizard}/request`, "/materials", { p10: { name: "设备.p10", mimeType: "application/octet-stream", buffer } });
  }
  await send(page, `${wizard}/papers`, "/letter", { reasons: REASONS });
  await submit(t, work);
  return work;
}

/** 提交单位审批. */
export async function submit(t, work) {
  const page = await t.as(work.agent);
  await send(page, `${work.path}`, "/acts/submit");
  await page.goto(work.path);
  work.number = (await page.locator(".page-head .mono").first().innerText()).trim();
}

/** The unit's approver agrees. */
export async function approveInUnit(t, work) {
  await send(await t.as(work.approver), work.path, "/acts/approve_in_unit");
}

/** Uploads a photograph for everything that is missing, and hands in. */
export async function handIn(t, work) {
  const page = await t.as(work.agent);
  await uploadMissing(t, page, work);
  await send(page, work.path, "/acts/hand_in");
}

/** Uploads a photograph for everything that is missing. */
export async function uploadMissing(t, page, work) {
  await page.goto(`${work.path}/papers`);
  const missing = await page.evaluate(() =>
    [...document.querySelectorAll(".slot")]
      .filter((slot) => slot.querySelector(".chip")?.textContent.includes("缺少"))
      .map((slot) => slot.querySelector("form[enctype='multipart/form-data']"))
      .map((form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"))),
  );
  for (const fields of missing) {
    const answer = await page.request.post(`${work.path}/materials`, {
      multipart: { ...fields, file: await photograph(t) },
      maxRedirects: 0,
    });
    assert.ok(answer.status() < 400, `${fields.kind}: ${answer.status()} ${words(await answer.text())}`);
  }
}

/** City and county units: the consolidator registers the papers and hands over. */
export async function handOver(t, work) {
  if (!work.consolidator) return;
  const page = await t.as(work.consolidator);
  await receivePapers(page, work);
  await send(page, work.path, "/acts/hand_over");
}

/** Whoever has the papers registers them as they lie there. */
export async function receivePapers(page, work) {
  await page.goto(work.path);
  if (await formOn(page, "/acts/receive_paper")) await send(page, work.path, "/acts/receive_paper");
}

/** The seal maker finds every point in order. */
export async function accept(t, work) {
  const page = await t.as(accounts.maker);
  await receivePapers(page, work);
  await page.goto(`${work.path}/acceptance`);
  const points = await page.evaluate(() => [
    ...new Set([...document.querySelectorAll("input[type=radio][value=accept]")].map((input) => input.name)),
  ]);
  const answers = Object.fromEntries(points.map((point) => [point, "accept"]));
  await send(page, `${work.path}/acceptance`, "/acceptance", { ...answers, decision: "accept" });
}

/** First review, when the papers are there. */
export async function reviewFirst(t, work) {
  await receivePapers(await t.as(accounts.maker), work);
  await send(await t.as(accounts.reviewer), work.path, "/acts/approve_first");
}

/** Final review, when the papers are there. */
export async function reviewFinal(t, work) {
  await receivePapers(await t.as(accounts.maker), work);
  await send(await t.as(accounts.leader), work.path, "/acts/approve_final");
}

/** Has the seal made; a USB KEY gets this serial number. */
export async function make(t, work, { serial } = {}) {
  const page = await t.as(accounts.maker);
  if (serial) {
    await send(page, `${work.path}/production`, "/acts/present_key", { application: work.application, serial });
    work.serial = serial;
  }
  await page.goto(`${work.path}/production`);
  const all = await formOn(page, "/production/start");
  await send(page, `${work.path}/production`, all ? "/production/start" : "/acts/start_production");
  await made(t, work);
}

/** Waits until everything in the case is made. */
export async function made(t, work) {
  const page = await t.as(accounts.maker);
  const link = page.getByRole("link", { name: "印章档案" });
  await page.goto(`${work.path}/production`);
  await link.first().waitFor({ timeout: 60_000 });
  work.seal = await link.first().getAttribute("href");
  work.code = (await page.locator("dt", { hasText: "印章编码" }).first().locator("+ dd").innerText()).trim();
}

/** Notifies and hands out at the desk; the activation code is kept in `work.activation`. */
export async function collect(t, work) {
  const page = await t.as(accounts.maker);
  await send(page, work.path, "/acts/notify_collection");
  const { name, id } = COLLECTOR;
  const { text } = await send(page, `${work.path}/collection`, "/collection", {
    collector_name: name,
    collector_id: id,
    letter_form: "official",
    letter_name: name,
    letter_id: id,
    id_copy_name: name,
    letter: await photograph(t),
    id_copy: await photograph(t),
    signature: await photograph(t),
  });
  work.activation = text.match(/激活码：([0-9A-Za-z-]+)/)?.[1];
}

/** The agent sets the PIN. */
export async function choosePin(t, work) {
  if (!work.activation) return;
  const fields = { old: work.activation, new: PIN, again: PIN };
  await send(await t.as(work.agent), work.seal, "/acts/pin", fields);
}

/** From a submitted case to the stage before the making. */
export async function toProduction(t, work) {
  for (const step of [approveInUnit, handIn, handOver, accept, reviewFirst, reviewFinal]) await step(t, work);
}

/** A seal in use; `serial` for one on a USB KEY. */
export async function seal(t, { serial, ...what }) {
  const work = await file(t, what);
  await toProduction(t, work);
  await make(t, work, { serial });
  await collect(t, work);
  await choosePin(t, work);
  return work;
}
