// What the service is asked, by addresses relative to the page.

import { routes } from "./routes.js";

const known = new Set(routes);

/// Whether the service that sent this page has a route, such as "GET /v1/counts".
export const has = (route) => known.has(route);

/// An answer of the service that is not what was asked for.
export class Refusal extends Error {
  constructor(message, code, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/// The query of an address; values that are lists are repeated, empty ones left out.
export function query(values) {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== "") pairs.append(key, one);
    }
  }
  const text = pairs.toString();
  return text === "" ? "" : `?${text}`;
}

async function answer(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The service does not answer.", "no_answer", 0);
  }
  if (!response.ok) throw await refusal(response);
  return response.json().catch(() => null);
}

/// Why the service does not give what was asked for.
async function refusal(response) {
  if (response.status === 401) window.dispatchEvent(new Event("signed-out"));
  const body = await response.json().catch(() => null);
  return new Refusal(body?.error?.message ?? `The service answered ${response.status}.`, body?.error?.code, response.status);
}

/// Gets JSON: `get("v1/events", { class: ["dog_bark"], limit: 20 })`.
export const get = (path, values = {}, signal) => answer(path + query(values), { signal });

/// Sends JSON; the header shows that it is the page that asks.
export function send(method, path, body) {
  return answer(path, {
    method, body: body === undefined ? undefined : JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-Requested-With": "earwitness" },
  });
}

/// Says what an event was: a class, or null for a false alarm.
export const setLabel = (id, className) => send("POST", `v1/events/${id}/label`, { class: className, origin: "page" });

const classPath = (threshold) => `v1/thresholds/${encodeURIComponent(threshold.class)}`;
export const thresholdPath = (threshold) => classPath(threshold) + query({ model: threshold.model });
export const setThreshold = (threshold, on) => send("PUT", thresholdPath(threshold), { on });

/// What another threshold would have made of the last days.
export const tryThreshold = (threshold, on, days, signal) =>
  get(`${classPath(threshold)}/try`, { model: threshold.model, on, since: `${days}d`, limit: 0 }, signal);

/// Reads a spectrogram as it comes: a line of JSON, then columns of a time and a byte a band.
///
/// - onHead: gets what the first line says.
/// - onColumns: gets an array of `{ time, levels }`, seconds since 1970 and a `Uint8Array`.
export async function readSpectrogram(path, { onHead, onColumns, signal }) {
  const response = await fetch(path, { signal });
  if (!response.ok) throw await refusal(response);
  const reader = response.body.getReader();
  let rest = new Uint8Array(0);
  let head = null;
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    const all = new Uint8Array(rest.length + value.length);
    all.set(rest);
    all.set(value, rest.length);
    rest = all;
    if (head === null) {
      const end = rest.indexOf(10);
      if (end < 0) continue;
      head = JSON.parse(new TextDecoder().decode(rest.subarray(0, end)));
      rest = rest.slice(end + 1);
      onHead(head);
    }
    const size = 8 + head.bands;
    const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
    const columns = [];
    let at = 0;
    for (; at + size <= rest.length; at += size) {
      columns.push({ time: view.getFloat64(at, true), levels: rest.slice(at + 8, at + size) });
    }
    rest = rest.slice(at);
    if (columns.length > 0) onColumns(columns);
  }
}
