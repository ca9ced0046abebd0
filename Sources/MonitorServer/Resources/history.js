// The history: what was heard, filtered by what stands in the address.

import { get, has, query } from "./api.js";
import { button, duration, level, make, number, option, percent, plural, when } from "./dom.js";
import { hasSeveralModels, knownClasses, sources } from "./live-data.js";
import { judgement, judgementText, verdicts } from "./verdict.js";

const pageSize = 100;
const periods = [
  ["1h", "the last hour"], ["today", "today"], ["1d", "the last 24 hours"], ["1w", "the last 7 days"],
  ["30d", "the last 30 days"], ["", "all time"],
];
const labels = [
  ["", "checked or not"], ["none", "not checked"], ["any", "checked"], ["right", "marked right"], ["wrong", "marked wrong"],
];
/// Whether the service itself filters by label and clip.
const filtersMore = has("GET /v1/counts");

/// Whether a text is a time in one of the forms that the service reads; empty is any time.
function isTime(text) {
  if (/^(|now|\d{1,9}[smhdw])$/.test(text)) return true;
  const whole = text.replace(/^(today|yesterday)(?=$| )/, "2000-01-01").replace(/^(?=\d\d:)/, "2000-01-01 ");
  return /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i.test(whole);
}

/// The filter that stands in an address: always the same keys, as the service names them. Values that
/// mean nothing are left out.
export function filterOf(values) {
  const given = (key, isGood, other = "") => values.has(key) && isGood(values.get(key)) ? values.get(key) : other;
  const isScore = (text) => /^[\d.]+(e-?\d+)?$/i.test(text) && Number(text) <= 1;
  return {
    class: values.getAll("class"), source: values.get("source") ?? "",
    since: given("since", isTime, "1w"), until: given("until", isTime),
    min_score: given("min_score", isScore), label: given("label", (text) => labels.some(([value]) => value === text)),
    has_clip: given("has_clip", (text) => ["true", "false"].includes(text)),
    // Marked false alarms are hidden unless they are asked for.
    show_wrong: given("show_wrong", (text) => text === "true"),
  };
}

/// The address of a filter; what is as usual is left out, except the time.
export function addressOf(filter) {
  const { since, ...rest } = filter;
  return `#/history${query(rest)}${query(rest) === "" ? "?" : "&"}since=${encodeURIComponent(since)}`;
}

/// What the service is asked for a filter.
function asked(filter) {
  const { show_wrong: showWrong, label, has_clip: hasClip, ...rest } = filter;
  if (!filtersMore) return rest;
  const hides = showWrong === "" && !["wrong", "any"].includes(label);
  return { ...rest, label, has_clip: hasClip, hide_wrong: hides ? "true" : "" };
}

/// The same for a service that filters by time, class, source and score only.
function isWanted(event, filter) {
  if (filtersMore) return true;
  const said = judgement(event);
  if (filter.has_clip !== "" && (event.clip !== null) !== (filter.has_clip === "true")) return false;
  if (filter.label === "any") return said !== "none";
  if (filter.label !== "") return said === filter.label;
  return filter.show_wrong !== "" || said !== "wrong";
}

function field(title, control) {
  return make("label", { class: "field" }, title, control);
}

/// The fields of a filter; `change` gets what shall be other.
function filterForm(filter, change) {
  const select = (key, title, options) => field(title, make("select", {
    id: `filter-${key.replace("_", "-")}`, on: { change: (event) => change({ [key]: event.target.value }) },
  }, options.map(([value, text]) => option(value, text, [filter[key]].flat()[0] ?? ""))));
  const isOwnPeriod = filter.until !== "" || !periods.some(([value]) => value === filter.since);
  const scoreText = make("output", null, filter.min_score === "" ? "any" : number(Number(filter.min_score), 2));
  return make("form", { class: "panel filters", "aria-label": "Filters", on: { submit: (event) => event.preventDefault() } },
    select("class", "Sound", [["", "all sounds"], ...knownClasses().map((one) => [one.class, one.label])]),
    sources.size > 1 || filter.source !== ""
      ? select("source", "Source", [["", "all sources"], ...[...sources.keys()].map((name) => [name, name])]) : null,
    field("Time", make("select", { id: "filter-since", on: { change: (event) => {
      if (event.target.value !== "own") change({ since: event.target.value, until: "" });
    } } }, isOwnPeriod ? option("own", ownPeriod(filter), "own") : null,
    periods.map(([value, text]) => option(value, text, isOwnPeriod ? "own" : filter.since)))),
    field(["Score from ", scoreText], make("input", { type: "range", min: "0", max: "0.99", step: "0.01", id: "filter-min-score",
      "aria-label": "Score from",
      value: filter.min_score === "" ? "0" : filter.min_score, on: {
        input: (event) => { scoreText.textContent = number(Number(event.target.value), 2); },
        change: (event) => change({ min_score: Number(event.target.value) === 0 ? "" : event.target.value }),
      } })),
    select("label", "Checked", labels),
    select("has_clip", "Sound kept", [["", "with or without"], ["true", "with a clip"], ["false", "without"]]),
    make("label", { class: "tick" }, make("input", { type: "checkbox", id: "filter-show-wrong", checked: filter.show_wrong !== "",
      on: { change: (event) => change({ show_wrong: event.target.checked ? "true" : "" }) } }), "show false alarms"));
}

function ownPeriod(filter) {
  const text = (value) => Number.isNaN(Date.parse(value)) ? value : when(value);
  return `${filter.since === "" ? "the beginning" : text(filter.since)} to ${filter.until === "" ? "now" : text(filter.until)}`;
}

/// Links that give out exactly what is filtered.
function exports(filter) {
  if (!filtersMore) return null;
  const formats = [["csv", "CSV"], ["jsonl", "JSON Lines"], ["audacity", "Audacity"], ["raven", "Raven"]];
  return make("p", { class: "exports" }, "Download as ", formats.map(([format, name]) => make("a", {
    class: "button small", download: "",
    href: `v1/events${query({ ...asked(filter), limit: 10000, format })}`,
  }, name)));
}

/// A row of the table; labels change it in place.
function row(event, play) {
  const link = make("a", { href: `#/event/${event.id}` }, event.label);
  const said = make("td", { class: "said" }, judgementText(event));
  const element = make("tr", { data: { judgement: judgement(event), id: String(event.id) } },
    make("th", { scope: "row" }, link), make("td", null, make("time", { datetime: event.start }, when(event.start))),
    make("td", null, hasSeveralModels() ? `${event.source} · ${event.model}` : event.source),
    make("td", { class: "number" }, duration(event.duration_s)),
    make("td", { class: "number", data: { name: "score" } }, number(event.peak_score, 3)),
    make("td", { class: "number" }, level(event.level_dbfs)), said,
    make("td", { class: "acts" },
      verdicts(event, (now) => {
        element.dataset.judgement = judgement(now);
        said.textContent = judgementText(now) ?? "";
      }),
      event.clip ? " " : null,
      event.clip ? button("▶", () => play(event), { class: "small", "aria-label": `Play ${event.label}, ${when(event.start)}` }) : null));
  return element;
}

export function open(root, { values, play }) {
  const filter = filterOf(values);
  const change = (values) => {
    const next = { ...filter, ...values };
    if (typeof next.class === "string") next.class = next.class === "" ? [] : [next.class];
    location.hash = addressOf(next);
  };
  const count = make("p", { role: "status" }, "looking …");
  const body = make("tbody", { id: "past" });
  const more = button("Show older", () => load(), { hidden: true });
  const empty = make("p", { class: "empty", hidden: true }, "Nothing was heard that fits.");
  root.append(
    make("header", null, make("h1", { id: "history-title" }, "History"), count, exports(filter) ?? ""),
    filterForm(filter, change),
    make("section", { class: "panel" }, make("table", { class: "cards", "aria-labelledby": "history-title" },
      make("thead", null, make("tr", null, ["What", "When", "Source"].map((name) => make("th", { scope: "col" }, name)),
        ["Length", "Score", "Level"].map((name) => make("th", { scope: "col", class: "number" }, name)),
        ["Checked", "Right?"].map((name) => make("th", { scope: "col" }, name)))), body), empty, more));
  let oldest = null;
  let isOpen = true;
  const load = async () => {
    try {
      const until = oldest ?? filter.until;
      const { events, coverage } = await get("v1/events", { ...asked(filter), until, limit: pageSize, order: "newest" });
      if (!isOpen) return;
      const wanted = events.filter((event) => isWanted(event, filter));
      body.append(...wanted.map((event) => row(event, play)));
      more.hidden = events.length < pageSize;
      if (events.length > 0) oldest = events.at(-1).start;
      empty.hidden = body.childElementCount > 0;
      const listened = coverage?.listened_percent;
      count.textContent = `${more.hidden ? "" : "the newest "}${plural(body.childElementCount, "event", "events")}` +
        (typeof listened === "number" ? ` · listened to ${percent(listened)} of that time` : "");
    } catch (error) {
      count.textContent = `The history does not answer: ${error.message}`;
    }
  };
  load();
  return () => { isOpen = false; };
}
