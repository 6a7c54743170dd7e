// What every page must keep, whatever is on it.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Violations of WCAG 2.2 AA on the page, one line each; none if all is well. */
export async function violations(page) {
  // Evaluated by the debugger, so the page's content security policy stays in force.
  await page.evaluate(axe);
  const found = await page.evaluate(
    async (rules) => {
      const { violations } = await globalThis.axe.run(document, {
        runOnly: { type: "tag", values: rules },
        resultTypes: ["violations"],
      });
      return violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map((node) => node.target.join(" ")) }));
    },
    RULES,
  );
  return found.map(({ id, help, at }) => `${id}: ${help} (${at.slice(0, 3).join("; ")}${at.length > 3 ? " …" : ""})`);
}

/** By how many pixels the page is wider than its window; 0 if it fits. */
export function overflow(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    return Math.max(0, root.scrollWidth - root.clientWidth);
  });
}
