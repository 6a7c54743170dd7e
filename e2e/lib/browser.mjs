// Headless Chromium, and contexts that watch what goes wrong in their pages.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Headless Chromium; with `video` (a file of JPEG pictures, one after the other) it has a camera that shows them. */
export function launch({ video } = {}) {
  const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
    (path) => path && existsSync(path),
  );
  if (!executablePath) throw new Error("no Chromium found: set CHROMIUM to its path");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--lang=zh-CN",
      ...(video
        ? [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            `--use-file-for-fake-video-capture=${video}`,
          ]
        : []),
    ],
  });
}

/** A browser window of its own (own cookies) whose problems are handed to `report`. */
export async function context(browser, { url, phone = false, report, storageState }) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: phone ? PHONE : DESKTOP,
    hasTouch: phone,
    isMobile: phone,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    acceptDownloads: true,
    storageState,
  });
  context.setDefaultTimeout(15_000);
  context.setDefaultNavigationTimeout(30_000);
  context.on("weberror", (event) => report(`uncaught in the page: ${event.error().message}`));
  context.on("console", (message) => {
    if (message.type() === "error") report(`console of ${message.page()?.url()}: ${message.text()}`);
  });
  context.on("request", (request) => {
    const target = new URL(request.url());
    if (/^(https?|wss?):$/.test(target.protocol) && target.host !== new URL(url).host) {
      report(`request to another host: ${target.href}`);
    }
  });
  context.on("response", (response) => {
    if (response.status() >= 500) report(`${response.status()} from ${response.url()}`);
  });
  return context;
}
