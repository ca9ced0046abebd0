// What the timeline shows: counts by hour or day, or single events; what was not listened to; levels.

import { get, has } from "./api.js";
import { isSilence, timeZone } from "./dom.js";

const hour = 3600;
const day = 86400;
/// Up to these spans, in seconds, single events and hours are shown; beyond, days.
const eventSpan = 8 * hour;
const hourSpan = 9 * day;
/// Up to this span levels, and what was not listened to, are shown by the minute.
const minuteSpan = 2 * day;
const hourLevelSpan = 40 * day;

const iso = (seconds) => new Date(seconds * 1000).toISOString();
const seconds = (text) => Date.parse(text) / 1000;

/// The unit that a span is shown in: "event", "hour" or "day".
export const unitOf = (span) => span <= eventSpan ? "event" : span <= hourSpan ? "hour" : "day";

/// Bins of `{ start, class, source, count }` made of events, for a service that does not count.
function binsOf(events, unit) {
  const bins = new Map();
  for (const event of events) {
    const start = new Date(event.start);
    start.setMinutes(0, 0, 0);
    if (unit === "day") start.setHours(0);
    const key = `${start.getTime()} ${event.class}`;
    if (!bins.has(key)) bins.set(key, { start: start.toISOString(), class: event.class, source: event.source, count: 0 });
    bins.get(key).count += 1;
  }
  return [...bins.values()];
}

/// Counts by hour or day of the reader's clock, as the service gives them.
export async function counts(from, to, unit, source, signal) {
  const values = { since: iso(from), until: iso(to), source };
  if (!has("GET /v1/counts")) {
    return binsOf((await get("v1/events", { ...values, limit: 10000 }, signal)).events, unit);
  }
  return (await get("v1/counts", { ...values, by: unit, time_zone: timeZone }, signal)).bins;
}

/// The index of the first of a list in order of time that is at or after a time.
export function firstFrom(list, key, time) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle][key] < time) low = middle + 1; else high = middle;
  }
  return low;
}

export class TimelineData {
  constructor(onChange) {
    this.onChange = onChange;
    this.source = "";
    this.rows = [];
    this.unheard = [];
    this.levels = [];
    this.loaded = null;
    this.wanted = null;
  }

  /// Gets what a view needs and does not have, with as much again on either side.
  want(from, to) {
    const unit = unitOf(to - from);
    const byMinute = to - from <= minuteSpan;
    const has = this.wanted ?? this.loaded;
    if (has && has.unit === unit && has.byMinute === byMinute && has.source === this.source && has.from <= from && has.to >= Math.min(to, Date.now() / 1000)) return;
    const span = to - from;
    this.wanted = { unit, byMinute, source: this.source, from: from - span, to: to + span };
    this.abort?.abort();
    this.abort = new AbortController();
    // While somebody zooms, only the last view is asked for.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(this.wanted, this.abort.signal), this.loaded === null ? 0 : 120);
  }

  async load(wanted, signal) {
    const to = Math.min(wanted.to, Date.now() / 1000 + hour);
    try {
      const parts = [this.loadRows(wanted, to, signal), this.loadCoverage(wanted, to, signal), this.loadLevels(wanted, to, signal)];
      const [rows, unheard, levels] = await Promise.all(parts);
      this.rows = rows;
      this.unheard = unheard;
      this.levels = levels;
      this.loaded = wanted;
      this.problem = null;
    } catch (error) {
      if (error.name === "AbortError") return;
      this.problem = error.message;
    }
    if (this.wanted === wanted) this.wanted = null;
    this.onChange();
  }

  /// Rows of `{ class, label, total, items: [{ start, end, count, id, score }] }`, the most frequent first.
  async loadRows(wanted, to, signal) {
    const rows = new Map();
    const add = (name, item) => {
      if (!rows.has(name)) rows.set(name, { class: name, total: 0, most: 0, items: [] });
      const row = rows.get(name);
      row.items.push(item);
      row.total += item.count;
    };
    if (wanted.unit === "event") {
      const { events } = await get("v1/events", { since: iso(wanted.from), until: iso(to), source: wanted.source, limit: 10000 }, signal);
      for (const event of events) {
        const start = seconds(event.start);
        add(event.class, { start, end: event.end === null ? start + 1 : seconds(event.end), count: 1, id: event.id, score: event.peak_score });
      }
    } else {
      const length = wanted.unit === "hour" ? hour : day;
      for (const bin of await counts(wanted.from, to, wanted.unit, wanted.source, signal)) {
        const start = seconds(bin.start);
        const items = rows.get(bin.class)?.items;
        // Sources that share a bin are one bar.
        if (items?.at(-1)?.start === start) {
          items.at(-1).count += bin.count;
          rows.get(bin.class).total += bin.count;
        } else add(bin.class, { start, end: start + length, count: bin.count });
      }
    }
    for (const row of rows.values()) row.longest = row.items.reduce((most, item) => Math.max(most, item.end - item.start), 0);
    for (const row of rows.values()) row.most = row.items.reduce((most, item) => Math.max(most, item.count), 1);
    return [...rows.values()].sort((a, b) => b.total - a.total || a.class.localeCompare(b.class));
  }

  /// Stretches that were not, or not wholly, listened to: `{ start, end, share }`, in order of time.
  async loadCoverage(wanted, to, signal) {
    if (!has("GET /v1/counts")) return [];
    const found = await get("v1/coverage", { since: iso(wanted.from), until: iso(to), source: wanted.source,
      by: wanted.byMinute ? "minute" : wanted.unit === "day" ? "day" : "hour", time_zone: timeZone }, signal);
    // Without any source nobody listened at all.
    if (found.bins.length === 0) return [{ start: seconds(found.from), end: Math.min(seconds(found.to), Date.now() / 1000), share: 0 }];
    // Of several sources the best counts: somebody listened.
    const bins = new Map();
    for (const { start, asked_s: asked, listened_percent: listened } of found.bins) {
      bins.set(start, { asked, share: Math.max(bins.get(start)?.share ?? 0, (listened ?? 0) / 100) });
    }
    const unheard = [];
    for (const [text, { asked, share }] of bins) {
      // What was just captured is not judged yet; and a moment in a long bin would not be seen.
      if (asked < 60 || asked * (1 - share) < 3 || share > .995) continue;
      const [start, last] = [seconds(text), unheard.at(-1)];
      if (last?.end === start && last.share === share) last.end = start + asked;
      else unheard.push({ start, end: start + asked, share });
    }
    return unheard;
  }

  /// The levels of one source, in order of time: `{ time, laeq, laf10, laf90 }`.
  async loadLevels(wanted, to, signal) {
    const length = wanted.to - wanted.from;
    const by = !has("GET /v1/counts") || wanted.byMinute ? "" : length <= 3 * hourLevelSpan ? "hour" : "day";
    const found = await get("v1/levels", { since: iso(wanted.from), until: iso(Math.min(to, Date.now() / 1000)), source: wanted.source,
      ...(by === "" ? { limit: 20000 } : { by, time_zone: timeZone }) }, signal);
    const list = found.bins ?? found.levels;
    const source = list[0]?.source;
    this.levelUnit = list[0]?.unit ?? "";
    this.levelStep = { "": 60, hour, day }[by];
    const levels = list.filter((one) => one.source === source && !isSilence(one.laeq)).map((one) => ({
      time: seconds(one.minute ?? one.start), laeq: one.laeq, laf10: isSilence(one.laf10) ? one.laeq : one.laf10,
      laf90: isSilence(one.laf90) ? one.laeq : one.laf90,
    }));
    // The axis stands still while somebody moves.
    const low = levels.reduce((least, one) => Math.min(least, one.laf90, one.laeq), Infinity);
    const high = levels.reduce((most, one) => Math.max(most, one.laf10, one.laeq), -Infinity);
    this.levelRange = levels.length === 0 ? null : [Math.floor((low - 2) / 10) * 10, Math.ceil((high + 2) / 10) * 10];
    return levels;
  }

  close() {
    clearTimeout(this.timer);
    this.abort?.abort();
  }
}
