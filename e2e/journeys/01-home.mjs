import assert from "node:assert/strict";

export const name = "Anyone opens the home page, on a desk and on a phone";

export async function run(t) {
  for (const phone of [false, true]) {
    const page = await t.visitor({ phone });
    await t.step("the page answers with a strict content security policy", async () => {
      const response = await page.goto("/");
      assert.equal(response.status(), 200);
      assert.match(response.headers()["content-security-policy"] ?? "", /default-src 'self'|default-src 'none'/);
    });
    await t.step("the six kinds of business are there", async () => {
      for (const business of ["印章申请", "印章延期", "印章变更", "印章撤销", "印章失控", "口令解锁"]) {
        await t.sees(page, business);
      }
    });
    await t.step("it can be read by everybody", () => t.look(page, "home"));
  }
}
