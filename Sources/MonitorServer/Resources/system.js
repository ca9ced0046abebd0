// The system: the service, its sources, models, database and clips, its log, a bundle for support.

import { get, has } from "./api.js";
import { cardElements } from "./card.js";
import { counters } from "./counters.js";
import { ago, button, bytes, clock, duration, full, level, make, number, plural } from "./dom.js";
import { connection, listen, status } from "./live-data.js";

const logLength = 100;

function facts(pairs) {
  return make("dl", { class: "facts" }, pairs.filter(Boolean)
    .map(([name, text, isBad]) => make("div", { class: isBad ? "bad" : null }, make("dt", null, name), make("dd", null, text))));
}

function panel(title, ...content) {
  const id = `${title.toLowerCase().replaceAll(/\W+/g, "-")}-title`;
  return make("section", { class: "panel", "aria-labelledby": id },
    make("header", null, make("h2", { id }, title)), ...content);
}

function service(now) {
  return panel("Service", facts([
    ["State", connection === "live" ? "running" : "does not answer", connection === "lost"],
    ["Version", now.version], ["Running since", `${full(new Date(now.started))} (${duration(now.uptime_s)})`],
    ["Warnings", now.warnings.length === 0 ? "none" : make("ul", null, now.warnings.map((one) => make("li", null, one))), now.warnings.length > 0],
  ]));
}

function database(now) {
  const { database: base, clips } = now;
  return panel("History and clips", facts([
    ["Database", base.path], ["Size", bytes(base.size_bytes)],
    ["Written", base.fault ?? "as it comes", base.fault !== null],
    base.waiting_events + base.spooled_events > 0 ? ["Waiting", `${number(base.waiting_events)} in memory, ${number(base.spooled_events)} in the spool`, true] : null,
    ["Integrity check", base.checked === null ? "not yet" : `passed ${ago(base.checked)}`],
    base.rescues > 0 ? ["Rescued", `${number(base.rescues)} times`, true] : null,
    ["Clips", clips.keep === "none" ? "none are kept" : `${number(clips.count)}, ${bytes(clips.size_bytes)} of at most ${bytes(clips.max_size_bytes)}`],
    clips.keep === "none" ? null : ["Since the start", `${number(clips.written)} written, ${number(clips.expired)} removed by age or for space`],
    clips.dropped > 0 || clips.fault ? ["Not written", `${number(clips.dropped)}${clips.fault ? `: ${clips.fault}` : ""}`, true] : null,
  ]));
}

/// What became of the messages of rules; nothing where there never was one.
function messages(now) {
  if (now.deliveries.length === 0) return [];
  return [panel("Messages", facts(now.deliveries.map((one) => {
    const isFailing = one.last_error !== null && !(one.last_delivered >= one.last_error_time);
    const counts = [`${number(one.delivered)} delivered`, one.waiting > 0 ? `${number(one.waiting)} waiting` : null,
      one.given_up > 0 ? `${number(one.given_up)} given up` : null].filter(Boolean).join(", ");
    return [one.channel, isFailing ? `${counts}: ${one.last_error}` : counts, isFailing];
  })))];
}

/// The models with their cards; they change with a restart only.
function models() {
  const list = make("ul", { class: "models" });
  const show = async () => {
    try {
      const found = await get("v1/models");
      list.replaceChildren(...found.models.map(model));
    } catch (error) {
      list.replaceChildren(make("li", null, error.message));
    }
  };
  show();
  return panel("Models", list);
}

function model(one, index) {
  const title = `card-${index}`;
  const names = one.classes.map(({ label, class: name }) => label || name).join(", ");
  return make("li", null, make("strong", null, `${one.name} ${one.version}`), make("p", null, one.description),
    facts([["Licence", one.licence || "not stated"], one.trained_on ? ["Trained on", one.trained_on] : null, ["SHA-256", one.sha256]]),
    make("details", null, make("summary", null, plural(one.classes.length, "class", "classes")), make("p", { class: "soft" }, names)),
    one.card === null ? make("p", { class: "soft" }, "It has no card.")
      : make("details", null, make("summary", { id: title }, "Card"),
        make("div", { class: "model-card scroll", tabindex: "0", role: "region", "aria-label": `Card of ${one.name}` },
          cardElements(one.card, one.name, title))));
}

const columns = [
  ["State", (source) => source.reason ? `${source.state}: ${source.reason}` : source.state],
  ["Device", (source) => source.device], ["Level", (source) => level(source.level_dbfs)],
  ["Rate", (source) => source.sample_rate_hz === null ? "–" : `${number(source.sample_rate_hz)} Hz`],
  ["Lost samples", (source) => number(source.lost_samples), (source) => source.lost_samples > 0],
  ["Overruns", (source) => number(source.overruns), (source) => source.overruns > 0],
  ["Windows left out", (source) => number(source.windows_left_out), (source) => source.windows_left_out > 0],
  ["Clipped", (source) => number(source.clipped_samples), (source) => source.clipped_samples > 0],
  ["Clock drift", (source) => source.clock_drift_ppm === null ? "–" : `${number(source.clock_drift_ppm, 1)} ppm`],
  ["Real-time", (source) => source.realtime === null ? "–" : source.realtime ? "yes" : "no", (source) => source.realtime === false],
  ["Window every", (source) => source.hop_s === null ? "–" : `${number(source.hop_s, 2)} s`, (source) => source.hop_stride > 1],
  ["Listening since", (source) => source.listening_since === null ? "–" : full(new Date(source.listening_since))],
];

/// Sources side by side, a row a property, so that it fits a telephone.
function sources(now) {
  return panel("Sources", make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Properties of the sources" },
    make("table", { "aria-labelledby": "sources-title" },
      make("thead", null, make("tr", null, make("th", { scope: "col" }, "Property"),
        now.sources.map((source) => make("th", { scope: "col" }, source.name)))),
      make("tbody", null, columns.map(([name, text, isBad]) => make("tr", null, make("th", { scope: "row" }, name),
        now.sources.map((source) => make("td", { class: isBad?.(source) ? "bad" : null }, text(source)))))))));
}

/// The last lines of the log; asked for again on demand.
class Log {
  constructor() {
    this.list = make("ol");
    this.box = make("div", { class: "log scroll", tabindex: "0", role: "region", "aria-label": "Log of the service" }, this.list);
    this.element = panel("Log", this.box);
    this.element.querySelector("header").append(button("Refresh", () => this.load(), { class: "small end" }));
    this.load();
  }

  async load() {
    try {
      const { lines } = await get("v1/log", { limit: logLength });
      this.list.replaceChildren(...lines.map((line) => make("li", { data: { level: line.level } },
        make("time", { datetime: line.time, title: full(new Date(line.time)) }, clock(new Date(line.time))),
        make("span", null, line.level), make("p", null, line.message))));
      this.box.scrollTop = this.box.scrollHeight;
    } catch (error) {
      this.list.replaceChildren(make("li", null, error.message));
    }
  }
}

function support() {
  return panel("Support", make("p", { class: "soft" },
    "One file with the configuration without secrets, the status, the log and what 'earwitness doctor' found. It holds no sound and no events."),
  make("p", { class: "download" }, make("a", { class: "button main", href: "v1/support", download: "" }, "Download the bundle")));
}

export function open(root) {
  const grid = make("div", { class: "columns" });
  root.append(make("header", null, make("h1", null, "System")), grid);
  const now = make("div", { class: "stack" });
  const live = make("div", { class: "stack" }, now, models());
  const rest = make("div", { class: "stack" });
  grid.append(live, rest);
  const show = () => {
    if (status === null) return;
    // Whoever scrolls the table with the keyboard stays there.
    const isScrolling = now.contains(document.activeElement) && document.activeElement.matches(".scroll");
    now.replaceChildren(service(status), sources(status), database(status), ...messages(status));
    if (isScrolling) now.querySelector(".scroll")?.focus();
  };
  show();
  if (has("GET /v1/log")) rest.append(new Log().element);
  if (has("GET /v1/support")) rest.append(support());
  rest.append(panel("Counters", counters()));
  rest.append(panel("For programs", make("p", { class: "soft" }, "The same by HTTP: "),
    make("p", null, make("a", { href: "v1/status" }, "status"), " · ", make("a", { href: "metrics" }, "metrics"),
      has("GET /v1/openapi.json") ? " · " : null,
      has("GET /v1/openapi.json") ? make("a", { href: "v1/openapi.json" }, "OpenAPI") : null)));
  return listen(["status", "connection"], show);
}
