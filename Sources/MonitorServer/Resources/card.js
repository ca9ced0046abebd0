// The card of a model: the Markdown that a model folder holds, as elements.

import { make } from "./dom.js";

/// Text with `code`; of links and pictures what they say.
function words(text) {
  const plain = text.replaceAll(/!\[[^\]]*\]\([^)]*\)/g, "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("**", "");
  return plain.split("`").map((part, index) => index % 2 === 1 ? make("code", null, part) : part);
}

const cells = (line) => line.trim().replaceAll(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

function table(lines, title) {
  const [head, ...rows] = lines.filter((line) => !/^\|[\s:|-]+\|?$/.test(line)).map(cells);
  return make("table", { "aria-labelledby": title },
    make("thead", null, make("tr", null, head.map((cell) => make("th", { scope: "col" }, words(cell))))),
    make("tbody", null, rows.map((row) => make("tr", null, row.map((cell, index) =>
      index === 0 ? make("th", { scope: "row" }, words(cell)) : make("td", null, words(cell)))))));
}

/// The kind of a line: lines of one kind that follow one another are one element.
function kind(line) {
  if (line.trim() === "") return "gap";
  if (line.startsWith("#")) return "heading";
  if (line.startsWith("|")) return "table";
  return /^[-*] /.test(line) ? "item" : "text";
}

/// Elements for the text of a card.
///
/// - name: the model's; the title of the card is left out.
/// - title: the id of what names the whole card.
export function cardElements(text, name, title) {
  const found = [];
  let lines = [];
  let open = "gap";
  let heading = title;
  const close = () => {
    if (open === "heading" && lines[0].replace(/^#+\s*/, "") !== name) {
      heading = `${title}-${found.length}`;
      found.push(make(lines[0].startsWith("###") ? "h4" : "h3", { id: heading }, words(lines[0].replace(/^#+\s*/, ""))));
    }
    if (open === "table") found.push(table(lines, heading));
    const text = open === "text" ? words(lines.join(" ")) : [""];
    if (text.length > 1 || text[0].trim() !== "") found.push(make("p", null, text));
    if (open === "item") {
      const items = lines.reduce((all, line) => /^[-*] /.test(line) ? [...all, line.slice(2)] : [...all.slice(0, -1), `${all.at(-1)} ${line.trim()}`], []);
      found.push(make("ul", null, items.map((item) => make("li", null, words(item)))));
    }
    lines = [];
  };
  for (const line of text.split("\n")) {
    // An item goes on in the lines under it.
    const now = open === "item" && kind(line) === "text" ? "item" : kind(line);
    if (now !== open || now === "heading") close();
    open = now;
    lines.push(line);
  }
  close();
  return found;
}
