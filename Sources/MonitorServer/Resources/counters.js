// Everything that the service counts and measures of itself: its metrics as a table.

import { make, number } from "./dom.js";

/// The samples of Prometheus' text format, each with its family's help; a histogram without its buckets.
function samples(text) {
  const help = new Map();
  const found = [];
  for (const line of text.split("\n")) {
    const said = line.match(/^# HELP (\w+) (.*)$/);
    if (said) help.set(said[1], said[2]);
    const sample = line.match(/^(\w+)(?:\{(.*)\})? (\S+)$/);
    if (!sample || sample[1].endsWith("_bucket")) continue;
    const labels = [...(sample[2] ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => `${name} ${value.replaceAll(/\\(.)/g, "$1")}`);
    found.push({ name: sample[1], labels: labels.join(", "), value: Number(sample[3]) });
  }
  for (const sample of found) sample.help = help.get(sample.name) ?? help.get(sample.name.replace(/_(sum|count)$/, ""));
  return found;
}

/// A section that asks for them whenever it is opened.
export function counters() {
  const body = make("tbody");
  const title = make("summary", { id: "counted-title" }, "Everything that is counted and measured");
  const details = make("details", { class: "counters" }, title,
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Counters" },
      make("table", { "aria-labelledby": "counted-title" }, make("thead", null, make("tr", null,
        ["Name", "Of", "Value"].map((name) => make("th", { scope: "col" }, name)))), body)));
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    try {
      const response = await fetch("metrics");
      if (!response.ok) throw new Error(`The service answered ${response.status}.`);
      let last = null;
      body.replaceChildren(...samples(await response.text()).map(({ name, labels, value, help }) => {
        const isFirst = last !== name;
        last = name;
        const digits = Number.isInteger(value) ? 0 : 3;
        return make("tr", null, make("th", { scope: "row" }, isFirst ? name.replace(/^earwitness_/, "") : make("span", { class: "soft" }, "″"),
          isFirst && help ? make("small", { class: "soft" }, help) : null),
        make("td", null, labels), make("td", { class: "number" }, number(value, digits)));
      }));
    } catch (error) {
      body.replaceChildren(make("tr", null, make("td", { colspan: "3" }, error.message)));
    }
  });
  return details;
}
