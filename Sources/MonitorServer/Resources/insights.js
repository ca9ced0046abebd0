// What was unusual in the last week, and what was heard at an hour for the first time.

import { get, has } from "./api.js";
import { day, level, make, number, plural, shortClock, timeZone } from "./dom.js";
import { labelOf, sources } from "./live-data.js";

const most = 12;

/// An hour of the day in the reader's language, such as "03:00–04:00".
function hours(hour) {
  const at = (value) => shortClock(new Date(2026, 0, 1, value));
  return `${at(hour)}–${at(hour + 1)}`;
}

const share = (value) => `on ${number(value)} % of days`;
const rate = (value) => `${number(value, value < 10 ? 1 : 0)} a day`;

/// What a finding says, without the sound's name.
const sentences = {
  more: (one) => `${rate(one.recent)} instead of ${rate(one.before)}`,
  fewer: (one) => `${rate(one.recent)} instead of ${rate(one.before)}`,
  more_often: (one) => `${hours(one.hour)} ${share(one.recent)} instead of ${number(one.before)} %`,
  less_often: (one) => `${hours(one.hour)} ${share(one.recent)} instead of ${number(one.before)} %`,
  new_hour: (one) => `${hours(one.hour)} ${share(one.recent)}, never before`,
  silence: (one) => `${hours(one.hour)} on no day, before ${share(one.before)}`,
  louder: (one) => `${hours(one.hour)} louder: ${level(one.recent)} instead of ${level(one.before)}`,
  quieter: (one) => `${hours(one.hour)} quieter: ${level(one.recent)} instead of ${level(one.before)}`,
};

function item(name, source, text, query) {
  const where = sources.size > 1 ? make("span", { class: "soft" }, source) : null;
  const address = `#/history?${new URLSearchParams({ ...query, source })}`;
  return make("li", null, make("span", null, make("a", { href: address }, name), ` ${text}`), where);
}

function finding(one, since) {
  const isLevel = one.kind === "louder" || one.kind === "quieter";
  const name = one.class === null ? (isLevel ? "Sound level" : "Any sound") : labelOf(one.class);
  return item(name, one.source, sentences[one.kind](one), { since, ...(one.class === null ? {} : { class: one.class }) });
}

function first(one) {
  const start = new Date(one.start);
  const end = new Date(start.getTime() + 3600000);
  return item(labelOf(one.class), one.source, `${day(start)}, ${hours(start.getHours())}`,
    { class: one.class, since: one.start, until: end.toISOString() });
}

function list(items) {
  const rest = items.length - most;
  return [make("ul", { class: "neighbours" }, items.slice(0, most)),
    rest > 0 ? make("p", { class: "soft" }, `and ${number(rest)} more; 'earwitness insights' shows all`) : null];
}

function show(body, answer) {
  const days = Math.round((new Date(answer.to) - new Date(answer.recent_from)) / 86400000);
  const said = answer.remarks.map((remark) => make("p", { class: "soft" }, remark));
  if (answer.unusual.length > 0) {
    said.push(...list(answer.unusual.map((one) => finding(one, answer.recent_from))));
  } else if (said.length === 0) {
    said.push(make("p", null, `Nothing: the last ${days} days were like the ${number(answer.days_before)} before.`));
  }
  if (answer.firsts.length > 0) {
    said.push(make("h3", null, "Never before at this hour"), ...list(answer.firsts.map(first)),
      make("p", { class: "soft" }, `${plural(answer.firsts.length, "such hour", "such hours")}; a week here has ${number(answer.usual_firsts, 1)} on average.`));
  }
  said.push(make("p", { class: "soft" }, `Where nothing changes, ${number(100 * answer.false_alarm_rate)} of 100 weeks show anything unusual.`));
  body.replaceChildren(...said.filter((one) => one !== null));
}

/// The panel; null where the service can't say. `show` asks for a source, or all of them.
export function insightsPanel() {
  if (!has("GET /v1/insights")) return null;
  const body = make("div", { class: "insights" }, make("p", { class: "soft" }, "looking …"));
  const element = make("section", { class: "panel", "aria-labelledby": "unusual-title" },
    make("header", null, make("h2", { id: "unusual-title" }, "Unusual in the last week "),
      make("p", { class: "soft" }, "against the weeks before")), body);
  return { element, show: async (source) => {
    try {
      show(body, await get("v1/insights", { source, time_zone: timeZone }));
    } catch (error) {
      body.replaceChildren(make("p", { class: "soft" }, error.message));
    }
  } };
}
