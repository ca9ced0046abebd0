"use strict";
const byId = (id) => document.getElementById(id);
const maxRows = 200;
const cards = new Map();
const rows = new Map();
const scores = new Map();
let hasSeveralModels = false;

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

function when(text) {
  const moment = new Date(text);
  const today = moment.toDateString() === new Date().toDateString();
  const time = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return today ? time : moment.toLocaleDateString([], { month: "short", day: "numeric" }) + " " + time;
}

// Until the next thing that is asked for succeeds.
function showProblem(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = text === "";
}

async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error.message);
  return body;
}

function send(method, path, body) {
  return ask(path, {
    method, body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-Requested-With": "earwitness" },
  });
}

function card(name) {
  if (!cards.has(name)) {
    const article = byId("source-card").content.firstElementChild.cloneNode(true);
    article.querySelector("h3").textContent = name;
    byId("sources").append(article);
    cards.set(name, article);
  }
  return cards.get(name);
}

function showLevel(level) {
  const article = card(level.source);
  article.dataset.gate = level.gate;
  const db = level.level_dbfs;
  const share = db === null ? 0 : Math.min(1, Math.max(0, (db + 90) / 90));
  article.querySelector(".bar").style.width = (100 * share).toFixed(1) + "%";
  article.querySelector(".level").textContent =
    (db === null ? "digital silence" : db.toFixed(1) + " dBFS") +
    (level.gate === "open" ? "" : " · gate closed");
  if (level.gate === "closed") {
    scores.delete(level.source);
    showScores(level.source, []);
  }
  showWeighted(article, level.sound_level);
}

// Without a calibration the unit is dBFS, and nobody takes it for sound pressure.
function showWeighted(article, sound) {
  if (!sound) {
    article.querySelector(".weighted").textContent = "";
    return;
  }
  const text = (name, value) => value === null ? name + " –" : `${name} ${value.toFixed(1)} ${sound.unit}`;
  if (sound.last_minute) {
    const minute = sound.last_minute;
    article.dataset.minute = `${text("LAeq,1min", minute.laeq)} · ${text("max", minute.lafmax)}`;
  }
  const minute = article.dataset.minute ? " · " + article.dataset.minute : "";
  article.querySelector(".weighted").textContent = text("LAF", sound.laf) + minute;
}

// With several models each says its own scores; the best of all are shown.
function takeScores(message) {
  if (!scores.has(message.source)) scores.set(message.source, new Map());
  const models = scores.get(message.source);
  models.set(message.model, message.scores.map((score) => ({ ...score, model: message.model })));
  showScores(message.source, [...models.values()].flat().sort((a, b) => b.score - a.score));
}

function named(text, model) {
  return hasSeveralModels ? `${text} · ${model}` : text;
}

function showScores(source, scores) {
  const items = scores.slice(0, 3).map((score) => {
    const item = make("li");
    const bar = make("progress");
    bar.max = 1;
    bar.value = score.score;
    bar.setAttribute("aria-label", score.class);
    item.append(make("span", named(score.class, score.model)), bar, make("span", score.score.toFixed(2)));
    return item;
  });
  card(source).querySelector(".scores").replaceChildren(...items);
}

function showStatus(status) {
  hasSeveralModels = status.models.length > 1;
  const troubles = status.database.fault === null ? status.warnings
    : [`${status.database.fault} ${status.database.spooled_events} safe in the spool and ` +
      `${status.database.waiting_events} in memory wait to be written.`, ...status.warnings];
  byId("warnings").replaceChildren(...troubles.map((text) => make("li", text)));
  for (const source of status.sources) {
    const article = card(source.name);
    article.dataset.state = source.state;
    const lost = source.lost_samples > 0 ? ` · ${source.lost_samples} samples lost` : "";
    article.querySelector(".state").textContent =
      `${source.state}${source.reason ? " (" + source.reason + ")" : ""} · ${source.device}${lost}`;
    showLevel({
      source: source.name, level_dbfs: source.level_dbfs, gate: source.gate,
      sound_level: source.sound_level,
    });
  }
  const megabytes = (status.database.size_bytes / 1e6).toFixed(1);
  const clips = status.clips.count === 0 ? ""
    : ` · ${status.clips.count} clips ${(status.clips.size_bytes / 1e6).toFixed(1)} MB`;
  const models = status.models.map((model) =>
    `${model.name} ${model.version} (${model.classes} classes)`);
  byId("about").textContent = `earwitness ${status.version} · ${hasSeveralModels ? "models" : "model"} ` +
    `${models.join(", ")} · history ${megabytes} MB${clips}`;
}

async function label(event, className) {
  try {
    showEvent(await send("POST", `v1/events/${event.id}/label`, { class: className }));
    showProblem("");
  } catch (error) {
    showProblem(`The label was not kept: ${error.message}`);
  }
}

function verdict(event, text, className, title) {
  const button = make("button", text);
  button.title = title;
  button.setAttribute("aria-label", `${text}: ${title.toLowerCase()}, ${event.label}, ${when(event.start)}`);
  const given = event.user_label;
  button.setAttribute("aria-pressed", String(given !== undefined && given.class === className));
  button.addEventListener("click", () => label(event, className));
  return button;
}

function play(event) {
  const audio = byId("audio");
  byId("player").hidden = false;
  byId("playing").textContent = `${event.label}, ${when(event.start)}`;
  audio.src = `v1/events/${event.id}/clip`;
  audio.play().catch((error) => { byId("playing").textContent = error.message; });
}

function sound(event) {
  const cell = make("td", undefined, "sound");
  if (event.clip === null) return cell;
  const button = make("button", "▶");
  button.title = "Play " + event.label;
  button.setAttribute("aria-label", button.title);
  button.addEventListener("click", () => play(event));
  cell.append(button);
  return cell;
}

function showClip(clip) {
  const row = rows.get(clip.id);
  if (!row) return;
  row.event.clip = clip.clip;
  row.querySelector(".sound").replaceWith(sound(row.event));
}

// Whoever is at a button of the row with the keyboard stays there.
function replaceRow(old, row) {
  const focused = [...old.querySelectorAll("button")].indexOf(document.activeElement);
  old.replaceWith(row);
  if (focused >= 0) row.querySelectorAll("button")[focused]?.focus();
}

function showEvent(event) {
  const row = make("tr", undefined, event.end === null ? "ongoing" : "");
  if (event.user_label && event.user_label.class !== event.class) row.classList.add("wrong");
  const right = make("td", undefined, "right");
  right.append(
    verdict(event, "yes", event.class, "It was this"),
    verdict(event, "no", null, "It was not this"));
  row.append(
    make("td", when(event.start)), make("td", named(event.label, event.model), "what"),
    make("td", event.source, "source"),
    make("td", event.end === null ? "now" : event.duration_s.toFixed(1) + " s", "number"),
    make("td", event.peak_score.toFixed(2), "number score"),
    make("td", event.level_dbfs === null ? "" : event.level_dbfs.toFixed(0) + " dB", "number"),
    right, sound(event));
  row.event = event;
  const known = rows.get(event.id);
  if (known) replaceRow(known, row); else addRow(row);
  rows.set(event.id, row);
  while (rows.size > maxRows) {
    const oldest = byId("events").lastElementChild;
    oldest.remove();
    rows.delete(oldest.event.id);
  }
  byId("nothing").hidden = true;
}

// In hundredths, or in thousandths where those would say 0 or 1 of what can be reached.
function decimals(value) {
  const text = value.toFixed(2);
  return Number(text) !== value && (text === "0.00" || text === "1.00") ? value.toFixed(3) : text;
}

// The newest first: what is past may come after what is heard now.
function addRow(row) {
  const older = [...byId("events").children].find((other) => other.event.start <= row.event.start);
  byId("events").insertBefore(row, older ?? null);
}

function showThreshold(threshold) {
  const label = make("label");
  const title = named(threshold.label, threshold.model) + (threshold.reported ? "" : " (off)");
  const slider = make("input");
  const value = make("span", decimals(threshold.on), "number");
  slider.type = "range";
  slider.min = 0;
  slider.max = 1;
  slider.step = 0.01;
  slider.value = threshold.on;
  slider.addEventListener("input", () => { value.textContent = Number(slider.value).toFixed(2); });
  slider.addEventListener("change", async () => {
    try {
      const path = "v1/thresholds/" + encodeURIComponent(threshold.class) +
        "?model=" + encodeURIComponent(threshold.model);
      const now = await send("PUT", path, { on: Number(slider.value) });
      slider.value = now.on;
      value.textContent = decimals(now.on);
      showProblem("");
    } catch (error) {
      showProblem(`The threshold was not set: ${error.message}`);
    }
  });
  label.append(make("span", title), slider, value);
  return label;
}

async function showPast() {
  // First, since it says whether models must be told apart.
  showStatus(await ask("v1/status"));
  if (!byId("thresholds").hasChildNodes()) {
    const list = await ask("v1/thresholds");
    byId("thresholds").replaceChildren(...list.thresholds.map(showThreshold));
  }
  const past = await ask("v1/events?limit=50");
  past.events.forEach(showEvent);
  byId("nothing").hidden = rows.size > 0;
  const day = await ask("v1/coverage?since=1d");
  byId("coverage").textContent = day.listened_percent === null ? ""
    : `listened ${day.listened_percent.toFixed(1)} % of the last day`;
}

// A history that is being made, locked or mended does not answer for a while; what is heard
// meanwhile is shown all the same.
async function showPastOnceItIsThere() {
  try {
    await showPast();
    showProblem("");
  } catch (error) {
    showProblem(`What was heard before is not shown yet: ${error.message}`);
    setTimeout(showPastOnceItIsThere, 2000);
  }
}

function connection(state, text) {
  byId("connection").dataset.state = state;
  byId("connection").textContent = text;
}

function follow() {
  const stream = new EventSource("v1/stream");
  const on = (name, show) => stream.addEventListener(name, (message) => show(JSON.parse(message.data)));
  on("event", showEvent);
  on("clip", showClip);
  on("level", showLevel);
  on("scores", takeScores);
  on("status", showStatus);
  stream.addEventListener("open", async () => {
    connection("live", "live");
    showStatus(await ask("v1/status"));
  });
  stream.addEventListener("error", () => {
    connection("lost", "not connected; trying again");
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  });
}

showPastOnceItIsThere().finally(follow);
