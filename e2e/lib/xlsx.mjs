// Workbooks as far as a test needs them: one made of lines of text, and the cells and comments of one that was sent.

import { entries, zip } from "./ofd.mjs";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";

/** A workbook whose only worksheet holds these lines of text. */
export function workbook(lines) {
  const cell = (text, column, row) => `<c r="${letter(column)}${row + 1}" t="inlineStr"><is><t>${escape(text)}</t></is></c>`;
  const rows = lines.map((line, row) => `<row r="${row + 1}">${line.map((text, c) => cell(text, c, row)).join("")}</row>`);
  const type = (name, kind) =>
    `<Override PartName="/xl/${name}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
  const related = (kind, target) =>
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${RELATIONS}/${kind}" Target="${target}"/></Relationships>`;
  return zip({
    "[Content_Types].xml": `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${type("workbook", "sheet.main")}${type("worksheets/sheet1", "worksheet")}</Types>`,
    "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="汇总表" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": related("worksheet", "worksheets/sheet1.xml"),
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${MAIN}"><sheetData>${rows.join("")}</sheetData></worksheet>`,
  });
}

/** The texts of the first worksheet, line by line. */
export function cells(bytes) {
  const part = (name) => {
    const found = entries(bytes).find((entry) => entry.name === name);
    return found ? found.content.toString("utf8") : "";
  };
  const texts = [...part("xl/sharedStrings.xml").matchAll(/<si>(.*?)<\/si>/gs)].map(([, si]) => plain(si));
  return [...part("xl/worksheets/sheet1.xml").matchAll(/<row [^>]*?(?:\/>|>(.*?)<\/row>)/gs)].map(([, row]) =>
    [...(row ?? "").matchAll(/<c [^>]*?(?:t="(\w+)")?[^>]*?(?:\/>|>(.*?)<\/c>)/gs)].map(([whole, , inner]) => {
      const value = inner?.match(/<v>(.*?)<\/v>/s)?.[1] ?? "";
      return /t="s"/.test(whole.slice(0, whole.indexOf(">"))) ? texts[Number(value)] : value || plain(inner ?? "");
    }),
  );
}

/** The comments of the first worksheet. */
export function comments(bytes) {
  const found = entries(bytes).find(({ name }) => name === "xl/comments1.xml");
  if (!found) return [];
  const xml = found.content.toString("utf8");
  return [...xml.matchAll(/<comment ref="([A-Z]+\d+)".*?<\/comment>/gs)].map(([all, at]) => ({ at, text: plain(all) }));
}

function plain(xml) {
  const texts = [...xml.matchAll(/<t(?: [^>]*)?>(.*?)<\/t>/gs)].map(([, text]) => text);
  return texts.join("").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

function escape(text) {
  return String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function letter(column) {
  return String.fromCharCode(65 + column);
}
