// Day, week and month: the timeline, its table, what was unusual, and when in the day each sound is heard.

import { openHeatMaps } from "./heatmap.js";
import { insightsPanel } from "./insights.js";
import { button, day, make, number, option, shortClock } from "./dom.js";
import { labelOf, sources } from "./live-data.js";
import { TimelineCanvas } from "./timeline-canvas.js";
import { TimelineData, unitOf } from "./timeline-data.js";

const spans = [["Hour", 3600], ["Day", 86400], ["Week", 7 * 86400], ["Month", 30 * 86400]];

/// The rows as a table, for who does not see the picture.
function table(data, from, to) {
  const rows = data.rows.map((row) => {
    const seen = row.items.filter((item) => item.end > from && item.start < to);
    return { row, count: seen.reduce((sum, item) => sum + item.count, 0), last: seen.at(-1) };
  }).filter(({ count }) => count > 0);
  return make("table", { "aria-label": "Events by sound in the time shown" },
    make("thead", null, make("tr", null, make("th", { scope: "col" }, "Sound"), make("th", { scope: "col", class: "number" }, "Events"),
      make("th", { scope: "col" }, "Last"))),
    make("tbody", null, rows.map(({ row, count, last }) => make("tr", null, make("th", { scope: "row" }, labelOf(row.class)),
      make("td", { class: "number" }, number(count)),
      make("td", null, `${day(new Date(last.start * 1000))}, ${shortClock(new Date(last.start * 1000))}`)))));
}

export function open(root, { values }) {
  let stopMaps = null;
  let isOpen = true;
  const range = make("p", { role: "status" });
  const readout = make("p", { class: "pointed", "aria-hidden": "true" });
  const details = make("details", null, make("summary", null, "As a table"));
  const tableBox = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of the timeline" });
  details.append(tableBox);
  const maps = make("div", { class: "heats" });
  let settled = null;
  const data = new TimelineData(() => {
    canvas.draw();
    showTable();
  });
  const showTable = () => { if (details.open) tableBox.replaceChildren(table(data, canvas.from, canvas.to)); };
  const iso = (time) => new Date(time * 1000).toISOString();
  const historyOf = (row, from, to) => `#/history?class=${encodeURIComponent(row.class)}&since=${iso(from)}&until=${iso(to)}` +
    (data.source ? `&source=${encodeURIComponent(data.source)}` : "");
  const canvas = new TimelineCanvas(data, {
    readout,
    onMove: (from, to) => {
      const words = (time) => `${day(new Date(time * 1000))}, ${shortClock(new Date(time * 1000))}`;
      range.textContent = `${words(from)} to ${words(to)}`;
      for (const one of root.querySelectorAll(".spans button[data-span]")) {
        one.setAttribute("aria-pressed", String(Math.abs(Number(one.dataset.span) / (to - from) - 1) < .02));
      }
      clearTimeout(settled);
      // The address is what is seen, once it stands still.
      settled = setTimeout(() => {
        const source = data.source ? `&source=${encodeURIComponent(data.source)}` : "";
        window.history.replaceState(null, "", `#/timeline?from=${iso(from)}&to=${iso(to)}${source}`);
        showTable();
      }, 400);
    },
    onPick: (row, item) => {
      location.hash = item.id ? `#/event/${item.id}` : historyOf(row, item.start, item.end);
    },
  });
  details.addEventListener("toggle", showTable);
  const showSpan = (span) => {
    const now = Date.now() / 1000;
    const isAtEnd = canvas.to > now - 60;
    const middle = (canvas.from + canvas.to) / 2;
    if (isAtEnd) canvas.show(now - span, now); else canvas.show(middle - span / 2, middle + span / 2);
  };
  const showMaps = async () => {
    stopMaps?.();
    stopMaps = null;
    try {
      const stop = await openHeatMaps(maps, data.source);
      if (isOpen) stopMaps = stop; else stop();
    } catch (error) {
      maps.replaceChildren(make("p", { class: "soft" }, error.message));
    }
  };
  data.source = values.get("source") ?? "";
  const choice = sources.size < 2 ? null : make("select", { "aria-label": "Source", on: { change: (event) => {
    data.source = event.target.value;
    canvas.show(canvas.from, canvas.to);
    showMaps();
    unusual?.show(data.source);
  } } }, option("", "all sources", data.source), [...sources.keys()].map((name) => option(name, name, data.source)));
  const unusual = insightsPanel();
  root.append(
    make("header", null, make("h1", null, "Timeline"), range),
    make("section", { class: "panel" },
      make("div", { class: "spans" },
        make("span", { role: "group", "aria-label": "How much is shown" }, spans.map(([name, span]) =>
          button(name, () => showSpan(span), { data: { span: String(span) }, "aria-pressed": "false" }))),
        make("span", { role: "group", "aria-label": "Move and zoom" },
          button("‹", () => canvas.pan(canvas.from - canvas.to), { "aria-label": "Earlier" }),
          button("›", () => canvas.pan(canvas.to - canvas.from), { "aria-label": "Later" }),
          button("−", () => canvas.zoom(1.5), { "aria-label": "Zoom out" }),
          button("+", () => canvas.zoom(1 / 1.5), { "aria-label": "Zoom in" })),
        choice, readout),
      canvas.canvas, make("p", { class: "legend soft" }, make("span", { class: "hatched", "aria-hidden": "true" }), "not listened to; fainter: in part"), details),
    unusual?.element ?? "",
    make("section", { class: "panel", "aria-labelledby": "heat-title" },
      make("header", null, make("h2", { id: "heat-title" }, "When in the day "), make("p", { class: "soft" }, "hours across, the last 28 days down")), maps));
  const given = [values.get("from"), values.get("to")].map((text) => Date.parse(text ?? "") / 1000);
  const now = Date.now() / 1000;
  if (given.every(Number.isFinite) && given[0] < given[1]) canvas.show(...given); else canvas.show(now - 7 * 86400, now);
  showMaps();
  unusual?.show(data.source);
  return () => {
    isOpen = false;
    clearTimeout(settled);
    data.close();
    canvas.close();
    stopMaps?.();
  };
}
