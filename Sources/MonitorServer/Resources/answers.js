// The four answers at the head of the live view: is it listening, what is heard now, what happened
// last night, can it be trusted.

import { get, has } from "./api.js";
import { ago, duration, level, make, number, percent, plural, shortClock, timeZone } from "./dom.js";
import { connection, labelOf, listen, sources, status } from "./live-data.js";

function tile(question, name) {
  const big = make("p", { class: "big" });
  const more = make("p", { class: "more" });
  const article = make("article", { class: `tile ${name}`, data: { tone: "idle" } },
    make("h2", null, question), big, more);
  return {
    article,
    show(tone, text, ...details) {
      if (article.dataset.tone !== tone) article.dataset.tone = tone;
      if (big.textContent !== text) big.textContent = text;
      const detail = details.filter((one) => one !== null && one !== "");
      const words = detail.map((one) => typeof one === "string" ? one : one.textContent).join(" · ");
      if (more.textContent === words) return;
      more.replaceChildren(...detail.flatMap((one, index) => index > 0 ? [" · ", one] : [one]));
    },
  };
}

function showListening(one) {
  if (connection === "lost") return one.show("bad", "No answer", "the service cannot be reached; trying again");
  if (status === null) return one.show("idle", "…");
  const list = status.sources;
  const works = list.filter((source) => ["listening", "gated"].includes(source.state));
  const names = list.map((source) => source.name).join(", ");
  if (list.length > 0 && works.length === list.length) {
    const since = works.map((source) => source.listening_since).filter(Boolean).sort().at(-1);
    return one.show("good", "Listening", names, since ? `since ${ago(since).replace(/^in /, "")}` : "");
  }
  if (list.length > 0 && list.every((source) => source.state === "ended")) {
    return one.show("idle", "Over", "the recording is over", names);
  }
  if (list.some((source) => source.state === "opening") && works.length === 0) {
    return one.show("idle", "Starting", names);
  }
  const silent = list.filter((source) => !works.includes(source));
  return one.show(works.length > 0 ? "warn" : "bad",
    works.length > 0 ? `${number(works.length)} of ${number(list.length)}` : "Deaf",
    ...silent.map((source) => `${source.name}: ${source.reason ?? source.state}`));
}

function showNow(one) {
  const events = [...sources.values()].flatMap((source) => [...source.events.values()]);
  const ongoing = events.filter((event) => event.end === null);
  const levels = [...sources.values()].filter((source) => source.level)
    .map((source) => `${source.name} ${level(source.level.level_dbfs)}`);
  one.article.classList.toggle("sounding", ongoing.length > 0);
  if (ongoing.length > 0) {
    const labels = [...new Set(ongoing.map((event) => event.label))];
    return one.show("heard", labels.join(", "), [...new Set(ongoing.map((event) => event.source))].join(", "));
  }
  const isOpen = [...sources.values()].some((source) => source.level?.gate === "open");
  return one.show("idle", isOpen ? "Nothing known" : "Quiet", ...levels);
}

/// The last night that is over or going on: from 22:00 to 06:00 of the reader's clock.
export function lastNight(now = new Date()) {
  const until = new Date(now);
  until.setHours(6, 0, 0, 0);
  if (now.getHours() >= 22) until.setDate(until.getDate() + 1);
  const since = new Date(until);
  since.setDate(since.getDate() - 1);
  since.setHours(22);
  return { since, until };
}

async function countByClass(since, until) {
  const counts = new Map();
  const values = { since: since.toISOString(), until: until.toISOString() };
  if (has("GET /v1/counts")) {
    const { bins } = await get("v1/counts", { ...values, by: "hour", time_zone: timeZone });
    for (const bin of bins) counts.set(bin.class, (counts.get(bin.class) ?? 0) + bin.count);
  } else {
    const { events } = await get("v1/events", { ...values, limit: 10000 });
    for (const event of events) counts.set(event.class, (counts.get(event.class) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/// How much of a time was listened to, in percent. Of several sources the best counts: somebody listened.
async function listenedTo(since, until) {
  // What has just begun cannot be judged yet.
  if (Date.now() - since.getTime() < 60_000) return 100;
  const coverage = await get("v1/coverage", { since: since.toISOString(), until: until.toISOString() });
  return Math.max(0, ...coverage.sources.map((source) => source.listened_percent ?? 0));
}

async function showNight(one) {
  const { since, until } = lastNight();
  const [counts, listened] = await Promise.all([countByClass(since, until), listenedTo(since, until)]);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  // Nothing was heard only where somebody listened.
  const part = listened < 95 ? `${percent(listened, 0)} listened to` : null;
  const nothing = listened < 1 ? "Not listening" : part === null ? "Nothing" : `Nothing, ${part}`;
  const address = `#/history?since=${since.toISOString()}&until=${until.toISOString()}`;
  one.show("idle", total === 0 ? nothing : plural(total, "sound", "sounds"), total === 0 ? null : part,
    ...counts.slice(0, 3).map(([name, count]) => `${labelOf(name)} ${number(count)}`),
    make("a", { href: address }, `${shortClock(since)} to ${shortClock(until)}`));
}

async function showTrust(one) {
  const coverage = await get("v1/coverage", { since: "1d" });
  // A service that is new is judged by the time since it was first there.
  const known = coverage.asked_s - coverage.unknown_s;
  const listened = known > 0 ? Math.min(100, 100 * (coverage.listening_s + coverage.gated_s) / known) : null;
  const lost = (status?.sources ?? []).reduce((sum, source) => sum + source.lost_samples, 0);
  let checked = null;
  if (has("GET /v1/sounds")) {
    const { sounds } = await get("v1/sounds", { days: 7 });
    const right = sounds.reduce((sum, sound) => sum + sound.right, 0);
    const all = sounds.reduce((sum, sound) => sum + sound.right + sound.wrong, 0);
    checked = all === 0 ? make("a", { href: "#/review" }, "nothing checked yet: review")
      : `${number(right)} of ${number(all)} checked were right`;
  }
  if (listened === null) return one.show("idle", "Not known yet", checked);
  return one.show(listened >= 95 ? "good" : "warn", percent(listened),
    `of the last ${known > 82_800 ? "day" : duration(known)} listened to`,
    lost > 0 ? plural(lost, "sample lost", "samples lost") : null, checked);
}

/// Shows the answers; returns how to stop.
export function openAnswers(root) {
  const listening = tile("Is it listening?", "listening");
  const now = tile("Hearing now", "now");
  const night = tile("Last night", "night");
  const trust = tile("Can I trust it?", "trust");
  root.append(make("section", { class: "answers", "aria-label": "At a glance" },
    listening.article, now.article, night.article, trust.article));
  const showMoment = () => {
    showListening(listening);
    showNow(now);
  };
  // A history that is being made, locked or mended does not answer for a while.
  const showPast = async () => {
    const failed = (one) => one.show("idle", "Not known yet", "the history does not answer");
    await Promise.all([showNight(night).catch(() => failed(night)), showTrust(trust).catch(() => failed(trust))]);
  };
  showMoment();
  showPast();
  const stop = [
    listen(["connection", "status", "event", "level"], showMoment),
    listen(["resumed"], showPast),
  ];
  const timer = setInterval(showPast, 60_000);
  return () => {
    clearInterval(timer);
    stop.forEach((act) => act());
  };
}
