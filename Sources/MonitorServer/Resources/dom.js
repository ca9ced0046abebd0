// Elements, and dates and numbers in the reader's language.

const languages = navigator.languages;
export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const byId = (id) => document.getElementById(id);

/// Makes an element: `make("p", { class: "soft", on: { click } }, "text", child)`.
///
/// Text becomes text, never markup. `null` and `undefined` children and properties are left out.
export function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") {
      for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    } else if (key === "data") {
      for (const [name, text] of Object.entries(value)) element.dataset[name] = text;
    } else if (key === "style") {
      for (const [name, text] of Object.entries(value)) element.style.setProperty(name, text);
    } else if (key === "value" || key === "checked" || key === "selected") {
      element[key] = value;
    } else {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(text, act, properties) {
  return make("button", { type: "button", ...properties, on: { click: act } }, text);
}

export function option(value, text, chosen) {
  return make("option", { value, selected: value === chosen }, text);
}

/// Tells people who hear the page what has happened.
export function say(text) {
  byId("said").textContent = text;
}

/// Shows what failed until something succeeds.
export function showProblem(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = text === "";
}

const format = (options) => new Intl.DateTimeFormat(languages, options);
const clockFormat = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortClockFormat = format({ hour: "2-digit", minute: "2-digit" });
const dayFormat = format({ weekday: "short", day: "numeric", month: "short" });
const longDayFormat = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const fullFormat = format({ dateStyle: "medium", timeStyle: "medium" });
const relativeFormat = new Intl.RelativeTimeFormat(languages, { numeric: "auto" });
const numberFormats = new Map();

export const clock = (date) => clockFormat.format(date);
export const shortClock = (date) => shortClockFormat.format(date);
export const day = (date) => dayFormat.format(date);
export const longDay = (date) => longDayFormat.format(date);
export const full = (date) => fullFormat.format(date);

/// A number in the reader's language with so many decimals.
export function number(value, digits = 0) {
  if (!numberFormats.has(digits)) {
    numberFormats.set(digits, new Intl.NumberFormat(languages, {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }));
  }
  return numberFormats.get(digits).format(value);
}

/// A score in hundredths, or in thousandths where those would say 0 or 1 of what is neither.
export function score(value) {
  const rough = value.toFixed(2);
  return number(value, Number(rough) !== value && (rough === "0.00" || rough === "1.00") ? 3 : 2);
}

export const percent = (value, digits = 1) => `${number(value, value === 100 ? 0 : digits)} %`;
/// What is below is zeros from a device, which the meter's filters let fade away, as in the commands.
const silence = -200;
export const isSilence = (db) => db === null || db === undefined || db < silence;
export const level = (db, unit = "dBFS") => isSilence(db) ? "digital silence" : `${number(db, 1)} ${unit}`;

/// The time of today, else the day and the time.
export function when(date) {
  const moment = new Date(date);
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? clock(moment) : `${day(moment)}, ${shortClock(moment)}`;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "still on";
  if (seconds < 60) return `${number(seconds, 1)} s`;
  if (seconds < 3600) return `${number(seconds / 60, seconds < 600 ? 1 : 0)} min`;
  if (seconds < 172800) return `${number(seconds / 3600, 1)} h`;
  return `${number(seconds / 86400, 1)} days`;
}

export function ago(date) {
  const seconds = (new Date(date) - Date.now()) / 1000;
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]]
    .find(([size]) => Math.abs(seconds) >= size) ?? [1, "second"];
  return relativeFormat.format(Math.round(seconds / size), unit);
}

export function bytes(count) {
  const [size, unit] = count >= 1e9 ? [1e9, "GB"] : count >= 1e6 ? [1e6, "MB"] : [1e3, "kB"];
  return `${number(count / size, 1)} ${unit}`;
}

export const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;

/// "dog_bark" as words, for a class of which no label is known.
export const asWords = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
