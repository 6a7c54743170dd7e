// What a journey is given: windows of people at their desks, and checks that every page must pass.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { PASSWORD } from "./accounts.mjs";
import { context } from "./browser.mjs";
import { overflow, violations } from "./page-checks.mjs";

export const SHOTS = process.env.YINXIN_SHOTS ?? join(import.meta.dirname, "../../target/shots");

export class Journey {
  #windows = new Map();
  #expected = [];

  constructor({ name, browser, server }) {
    Object.assign(this, { name, browser, server, problems: [], step_: "start" });
  }

  /** Names what comes next; the name is shown when it fails. */
  async step(name, work) {
    this.step_ = name;
    return work();
  }

  /** A page of somebody without an account. */
  visitor({ phone = false } = {}) {
    return this.#page(`visitor${phone}`, phone, async () => {});
  }

  /** A page of somebody with an account, signed in once per journey; the same person gets the same page again. */
  as(account, { phone = false, password = PASSWORD } = {}) {
    return this.#page(`${account}${phone}`, phone, (page) => this.login(page, account, password));
  }

  /** Another window of the same person: a second page with the same cookies. */
  async anotherPage(page) {
    return page.context().newPage();
  }

  /** Signs in on any page. */
  async login(page, account, password = PASSWORD) {
    await page.goto("/login");
    const form = page.locator("form", { has: page.locator("input[type=password]") });
    await form.locator("input[type=text], input:not([type])").first().fill(account);
    await form.locator("input[type=password]").fill(password);
    await Promise.all([
      page.waitForURL((url) => url.pathname !== "/login"),
      form.locator("button[type=submit], button:not([type])").first().click(),
    ]);
  }

  /** Signs out by the button in the frame. */
  async logout(page) {
    await page.getByRole("button", { name: "退出" }).click();
    await page.getByRole("link", { name: "登录" }).first().waitFor();
  }

  /** Presses a button (of several, the one `within` a part of the page) and waits for the page that answers. */
  async press(page, name, { exact = true, within = page } = {}) {
    await this.#answered(page, () => within.getByRole("button", { name, exact }).click());
  }

  /** Follows a link and waits for the page. */
  async follow(page, name, { exact = true } = {}) {
    await this.#answered(page, () => page.getByRole("link", { name, exact }).first().click());
  }

  /** Fills fields by their labels: text, choices by { radio: … }, ticks by true, files by { file: path or buffer }. */
  async fill(page, values) {
    for (const [label, value] of Object.entries(values)) {
      if (value?.file !== undefined) {
        await page.getByLabel(label).first().setInputFiles(value.file);
      } else if (value?.radio !== undefined) {
        const group = page.getByRole("radiogroup", { name: label });
        await group.getByRole("radio", { name: value.radio }).check();
      } else if (typeof value === "boolean") {
        await page.getByLabel(label).setChecked(value);
      } else {
        const field = page.getByLabel(label).first();
        const isSelect = await field.evaluate((element) => element.tagName === "SELECT");
        await (isSelect ? field.selectOption({ label: value }) : field.fill(value));
      }
    }
  }

  /** Checks that the page, or a part of it, shows this text. */
  async sees(page, text) {
    try {
      await page.getByText(text).first().waitFor({ timeout: 10_000 });
    } catch {
      assert.fail(`"${text}" is not on ${addressOf(page)}`);
    }
  }

  /** Checks that the page does not show this text. */
  async seesNot(page, text) {
    assert.equal(await page.getByText(text).count(), 0, `"${text}" is on ${addressOf(page)}`);
  }

  /** Presses what starts a download and returns { name, path }. */
  async download(page, press) {
    const [download] = await Promise.all([page.waitForEvent("download"), press()]);
    assert.equal(await download.failure(), null);
    return { name: download.suggestedFilename(), path: await download.path() };
  }

  /** Checks accessibility and that the page fits its window, and takes a picture of it. */
  async look(page, name) {
    await this.accessible(page);
    await this.fits(page);
    await this.shot(page, name);
  }

  /** No violation of WCAG 2.2 AA. */
  async accessible(page) {
    const found = await violations(page);
    assert.deepEqual(found, [], `accessibility of ${page.url()}`);
  }

  /** Nothing to scroll sideways. */
  async fits(page) {
    assert.equal(await overflow(page), 0, `pixels wider than the window: ${page.url()}`);
  }

  /** A picture of the whole page. */
  async shot(page, name) {
    await mkdir(SHOTS, { recursive: true });
    const size = page.viewportSize().width < 600 ? "phone" : "desktop";
    await page.screenshot({ path: join(SHOTS, `${name}-${size}.png`), fullPage: true });
  }

  /** Announces a problem that this journey causes on purpose (text or pattern in its description). */
  expectProblem(pattern) {
    this.#expected.push(pattern);
  }

  /** The problems that nobody announced. */
  unexpected() {
    const matches = (problem) => (pattern) =>
      pattern instanceof RegExp ? pattern.test(problem) : problem.includes(pattern);
    return this.problems.filter((problem) => !this.#expected.some(matches(problem)));
  }

  /** Every open page, for pictures of a failure. */
  pages() {
    return [...this.#windows.values()].flatMap((page) => page.context().pages());
  }

  /** Closes somebody's window. */
  async leave(page) {
    for (const [key, open] of this.#windows) if (open === page) this.#windows.delete(key);
    await page.context().close();
  }

  async close() {
    for (const page of this.#windows.values()) await page.context().close();
    this.#windows.clear();
  }

  async #page(key, phone, prepare) {
    if (!this.#windows.has(key)) {
      const report = (problem) => this.problems.push(problem);
      const window = await context(this.browser, { url: this.server.url, phone, report });
      const page = await window.newPage();
      this.#windows.set(key, page);
      await prepare(page);
    }
    return this.#windows.get(key);
  }

  /** Waits for the document that answers a click. */
  async #answered(page, act) {
    await Promise.all([page.waitForEvent("domcontentloaded", { timeout: 30_000 }), act()]);
    await page.waitForLoadState("load");
  }
}

/** Where a page, or the page of a part, is. */
function addressOf(part) {
  return (part.url ? part : part.page()).url();
}
