// What is heard now: the stream of the service, and what it said in the last minute.

import { get } from "./api.js";
import { asWords } from "./dom.js";

/// How far back the live view goes, in seconds.
export const span = 60;
/// A page in the background gives its connection back after so many milliseconds.
const restAfter = 60_000;

/// The sources by name, in the order of the service.
export const sources = new Map();
/// Thresholds by model and class, as `GET /v1/thresholds` gives them.
export const thresholds = new Map();
/// The last status, or null.
export let status = null;
/// "waiting", "live" or "lost".
export let connection = "waiting";

const listeners = new Map();
let stream = null;
let restTimer = null;

/// Calls `act` for messages of a kind until the returned function is called.
///
/// Kinds are those of the stream, and `connection`, `thresholds` and `resumed`: something may have
/// been missed.
export function listen(kinds, act) {
  for (const kind of kinds) {
    if (!listeners.has(kind)) listeners.set(kind, new Set());
    listeners.get(kind).add(act);
  }
  return () => kinds.forEach((kind) => listeners.get(kind).delete(act));
}

function publish(kind, message) {
  for (const act of [...listeners.get(kind) ?? []]) act(message, kind);
}

export const keyOf = (model, className) => `${model}/${className}`;

/// How people call a class.
export function labelOf(className) {
  for (const threshold of thresholds.values()) {
    if (threshold.class === className) return threshold.label;
  }
  return asWords(className);
}

/// All classes that models know: `{ class, label }`, by label, each once.
export function knownClasses() {
  const labels = new Map();
  for (const threshold of thresholds.values()) labels.set(threshold.class, threshold.label);
  return [...labels].map(([name, label]) => ({ class: name, label }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

export const hasSeveralModels = () => (status?.models.length ?? 0) > 1;

function source(name) {
  if (!sources.has(name)) {
    sources.set(name, {
      name, status: null, level: null, levels: [], scores: new Map(), events: new Map(), near: [],
      latest: 0, arrived: 0,
    });
  }
  return sources.get(name);
}

/// The present of a source by its own clock, in seconds since 1970: its last message, carried on.
export function present(one) {
  const elapsed = (performance.now() - one.arrived) / 1000;
  return one.latest + Math.min(elapsed, 1.5);
}

export function see(one, seconds) {
  if (seconds <= one.latest) return;
  one.latest = seconds;
  one.arrived = performance.now();
}

const seconds = (text) => Date.parse(text) / 1000;

/// Forgets what is older than the span; `list` is in order of `time`.
function prune(list, until) {
  let count = 0;
  while (count < list.length && list[count].time < until) count += 1;
  if (count > 0) list.splice(0, count);
}

const takers = {
  level(message) {
    const one = source(message.source);
    const time = seconds(message.time);
    see(one, time);
    one.level = message;
    one.levels.push({ time, level: message.level_dbfs, isOpen: message.gate === "open" });
    prune(one.levels, time - span - 2);
  },
  scores(message) {
    const one = source(message.source);
    const time = seconds(message.time);
    see(one, time);
    // Thresholds are compared with smoothed scores; a service that gives none has the highest only.
    const pairs = message.smoothed ? Object.entries(message.smoothed)
      : message.scores.map((score) => [score.class, score.score]);
    for (const [className, value] of pairs) {
      const key = keyOf(message.model, className);
      if (!one.scores.has(key)) one.scores.set(key, []);
      const list = one.scores.get(key);
      list.push({ time, value });
      prune(list, time - span - 2);
    }
  },
  event(message) {
    const one = source(message.source);
    one.events.set(message.id, message);
    for (const [id, event] of one.events) {
      if (event.end !== null && seconds(event.end) < one.latest - 600) one.events.delete(id);
    }
  },
  near(message) {
    const one = source(message.source);
    one.near.unshift(message);
    one.near.length = Math.min(one.near.length, 40);
  },
  clip(message) {
    for (const one of sources.values()) {
      const event = one.events.get(message.id);
      if (event) event.clip = message.clip;
    }
  },
  status(message) {
    status = message;
    for (const state of message.sources) {
      const one = source(state.name);
      one.status = state;
      one.level ??= { source: state.name, level_dbfs: state.level_dbfs, gate: state.gate,
        sound_level: state.sound_level };
    }
    for (const event of message.ongoing) source(event.source).events.set(event.id, event);
  },
};

/// Gets thresholds anew.
export async function loadThresholds() {
  const list = await get("v1/thresholds");
  thresholds.clear();
  list.thresholds.forEach(putThreshold);
}

/// Takes over a threshold that is in force now.
export function putThreshold(threshold) {
  thresholds.set(keyOf(threshold.model, threshold.class), threshold);
  publish("thresholds", threshold);
}

/// Gets the status, and takes it as one of the stream.
export async function loadStatus() {
  const message = await get("v1/status");
  takers.status(message);
  publish("status", message);
}

function setConnection(state) {
  if (connection === state) return;
  connection = state;
  publish("connection", state);
}

/// Follows the stream; the browser itself connects again and says what it has seen last.
function follow() {
  stream = new EventSource("v1/stream");
  const mine = stream;
  for (const kind of Object.keys(takers)) {
    mine.addEventListener(kind, (message) => {
      const data = JSON.parse(message.data);
      takers[kind](data);
      publish(kind, data);
    });
  }
  mine.addEventListener("open", async () => {
    setConnection("live");
    await loadStatus().catch(() => {});
    publish("resumed");
  });
  mine.addEventListener("error", () => {
    setConnection("lost");
    if (mine.readyState === EventSource.CLOSED && mine === stream) {
      stream = null;
      // A stream does not say why it is refused; this says so if nobody is signed in any more.
      loadStatus().catch(() => {});
      setTimeout(() => { if (!document.hidden && stream === null) follow(); }, 5000);
    }
  });
}

/// Begins to follow, also anew when somebody comes back to the page.
export function start() {
  follow();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(restTimer);
    if (!document.hidden) {
      if (stream === null) follow();
      return;
    }
    restTimer = setTimeout(() => {
      stream?.close();
      stream = null;
      setConnection("waiting");
    }, restAfter);
  });
}
