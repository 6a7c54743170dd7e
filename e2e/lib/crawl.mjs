// Every page that can be reached by links from a starting page, one of each kind.

/** Calls `visit(page, name)` on each kind of page below `within` that links from `start` lead to. */
export async function crawl(page, start, visit, { limit = 80, within = "/" } = {}) {
  const seen = new Set();
  const queue = [start];
  while (queue.length > 0 && seen.size < limit) {
    const path = queue.shift();
    const kind = kindOf(path);
    if (seen.has(kind)) continue;
    seen.add(kind);
    const response = await page.goto(path).catch(() => null);
    // A link that starts a download, or leads to something other than a page, has no picture.
    if (!response?.headers()["content-type"]?.includes("text/html")) continue;
    seen.add(kindOf(new URL(page.url()).pathname));
    await visit(page, nameOf(kind), response);
    queue.push(...(await links(page)).filter((link) => link.startsWith(within)));
  }
}

/** The path with what differs from case to case left out. */
function kindOf(path) {
  return new URL(path, "http://x").pathname
    .split("/")
    .map((part) => (/\d/.test(part) && (part.length >= 6 || /^\d+$/.test(part)) ? "_" : part))
    .join("/");
}

function nameOf(kind) {
  return kind.split("/").filter(Boolean).map(decodeURIComponent).join(".") || "home";
}

function links(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("a[href]:not([download])")]
      .map((link) => new URL(link.href))
      .filter((url) => url.origin === location.origin)
      .map((url) => url.pathname + url.search),
  );
}
