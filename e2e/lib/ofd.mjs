// Documents to stamp and to break: OFD packages are zip files (GB/T 33190), read and written here as far as a test
// needs.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

const SAMPLES = join(import.meta.dirname, "../../../shared/interop/ofd");
const PAGE = /\/Pages\/.*\.xml$/;

/** A document of somebody else's making; one page of our own where the samples are not there. */
export async function document() {
  const path = join(SAMPLES, "seven-pages.ofd");
  const here = existsSync(path);
  if (!here) console.log("  skipped: ../shared/interop is not there, a page of our own is stamped");
  const bytes = here ? await readFile(path) : onePage();
  const pages = entries(bytes).filter(({ name }) => PAGE.test(name)).length;
  return { name: here ? "seven-pages.ofd" : "one-page.ofd", bytes, pages };
}

/** A plain zip file with the entries { name: text or bytes }, stored. */
export function zip(entries) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const bytes = Buffer.from(content);
    const path = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(0x0800, 6);
    head.writeUInt32LE(crc32(bytes), 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt32LE(bytes.length, 22);
    head.writeUInt16LE(path.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    head.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(offset, 42);
    parts.push(head, path, bytes);
    directory.push(entry, path);
    offset += head.length + path.length + bytes.length;
  }
  const end = Buffer.alloc(22);
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** The entries of a zip file: where each stands, and its content. */
export function entries(bytes) {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const found = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let i = bytes.readUInt16LE(end + 10); i > 0; i--) {
    const [method, packed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const raw = bytes.subarray(start, start + packed);
    const content = method === 8 ? inflateRawSync(raw) : Buffer.from(raw);
    found.push({ name: bytes.toString("utf8", at + 46, at + 46 + name), content });
    at += 46 + name + extra + comment;
  }
  return found;
}

/** The same package with one byte of a page's content changed; answers { bytes, name } of what was changed. */
export function withOneByteChanged(bytes) {
  const all = entries(bytes);
  const page = all.find(({ name }) => PAGE.test(name));
  // A digit of a place on the page: what is drawn there moves, the page stays well-formed.
  const at = page.content.indexOf('Boundary="') + 'Boundary="'.length;
  page.content[at] = page.content[at] === 0x31 ? 0x32 : 0x31;
  return { name: page.name, bytes: zip(Object.fromEntries(all.map(({ name, content }) => [name, content]))) };
}

function onePage() {
  const ns = 'xmlns:ofd="http://www.ofdspec.org/2016"';
  const xml = (text) => `<?xml version="1.0" encoding="UTF-8"?>${text}`;
  return zip({
    "OFD.xml": xml(
      `<ofd:OFD ${ns} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>${"0".repeat(32)}</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
    ),
    "Doc_0/Document.xml": xml(
      `<ofd:Document ${ns}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`,
    ),
    "Doc_0/Pages/Page_0/Content.xml": xml(
      `<ofd:Page ${ns}><ofd:Content><ofd:Layer ID="2"><ofd:TextObject ID="3" Boundary="30 40 150 10" Font="0" Size="6"><ofd:TextCode X="0" Y="6">Yinxin</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`,
    ),
  });
}
