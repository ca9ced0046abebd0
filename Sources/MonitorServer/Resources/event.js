// One event: its picture, its sound, what is known of it, what it was, its neighbours in time.

import { get, query } from "./api.js";
import { button, duration, full, level, make, option, say, score, when } from "./dom.js";
import { EventPicture } from "./event-picture.js";
import { knownClasses, listen } from "./live-data.js";
import { similarPanel } from "./similar.js";
import { judge, judgementText, verdicts } from "./verdict.js";

/// What is known of an event, as pairs.
function facts(event) {
  const pairs = [
    ["Began", full(new Date(event.start))],
    ["Ended", event.end === null ? "it is still going on" : full(new Date(event.end))],
    ["Length", duration(event.duration_s)], ["Source", event.source],
    ["Score", `${score(event.peak_score)} at its highest, ${score(event.mean_score)} on average`],
    event.second_score === undefined ? null : ["Second model", `agreed with ${score(event.second_score)}`],
    ["Level", level(event.level_dbfs)], ["Model", [event.model, event.model_version].filter(Boolean).join(" ")],
    event.user_label ? ["Checked", [judgementText(event), event.user_label.note, event.user_label.labelled
      ? `on ${full(new Date(event.user_label.labelled))}` : null].filter(Boolean).join(", ")] : null,
  ];
  return make("dl", { class: "facts" }, pairs.filter(Boolean)
    .map(([name, text]) => make("div", null, make("dt", null, name), make("dd", null, text))));
}

/// A field for any class, also one that no model knows.
function anyClass(event, onChange) {
  const input = make("input", { list: "class-names", id: "it-was", "aria-label": "It was, in your own words", placeholder: "it was …", maxlength: "200" });
  return make("form", { class: "own-words", on: { submit: async (submitted) => {
    submitted.preventDefault();
    const text = input.value.trim();
    if (text === "") return;
    const known = knownClasses().find((one) => one.label.toLowerCase() === text.toLowerCase());
    const now = await judge(event, known?.class ?? text.toLowerCase().replaceAll(/\s+/g, "_"));
    if (now !== null) onChange(now);
  } } }, input, make("datalist", { id: "class-names" }, knownClasses().map((one) => option(one.label, one.label))),
  make("button", { class: "small" }, "keep"));
}

/// What came just before and after, the neighbours in time.
async function neighbours(event, list) {
  const around = (minutes) => new Date(Date.parse(event.start) + minutes * 60_000).toISOString();
  const { events } = await get("v1/events", { since: around(-15), until: around(15), limit: 200 });
  const at = events.findIndex((one) => one.id === event.id);
  const near = at < 0 ? events.slice(0, 9) : events.slice(Math.max(0, at - 4), at + 5);
  list.replaceChildren(...near.map((one) => make("li", null,
    one.id === event.id ? make("strong", { "aria-current": "true" }, one.label)
      : make("a", { href: `#/event/${one.id}` }, one.label),
    make("span", { class: "soft" }, `${when(one.start)} · ${one.source} · ${duration(one.duration_s)}`))));
}

function show(root, event, redraw) {
  const canvas = make("canvas", { class: "event-picture", role: "img",
    "aria-label": `Spectrogram and score of ${event.label}, ${full(new Date(event.start))}, ${duration(event.duration_s)}` });
  const picture = new EventPicture(canvas, event);
  const near = make("ol", { class: "neighbours" });
  const audio = event.clip === null ? null : make("audio", { controls: true, preload: "metadata", src: `v1/events/${event.id}/clip` });
  const address = `${location.origin}${location.pathname}#/event/${event.id}`;
  const copy = button("Copy link", async () => {
    try {
      await navigator.clipboard.writeText(address);
      copy.textContent = "Copied";
      say("The link was copied.");
    } catch {
      copy.textContent = address;
    }
  }, { class: "small" });
  root.replaceChildren(
    make("header", null, make("h1", null, event.label), make("p", null, `${full(new Date(event.start))} · ${event.source}`)),
    make("section", { class: "panel" }, canvas,
      make("div", { class: "sound" }, audio ?? make("p", { class: "soft" }, event.no_clip ?? "No clip is kept of this event."),
        audio ? make("a", { class: "button small", href: `v1/events/${event.id}/clip`, download: `${event.class}-${event.id}.${event.clip.split(".").pop()}` }, "Download") : null,
        copy)),
    make("div", { class: "columns" },
      make("section", { class: "panel", "aria-labelledby": "was-title" }, make("header", null, make("h2", { id: "was-title" }, "Was it that?")),
        event.end === null ? make("p", { class: "soft" }, "It can be checked once it is over.")
          : make("div", { class: "was" }, verdicts(event, redraw), anyClass(event, redraw)), facts(event)),
      make("section", { class: "panel", "aria-labelledby": "near-title" }, make("header", null, make("h2", { id: "near-title" }, "Around that time"),
        make("a", { href: `#/history${query({ class: event.class, since: "30d" })}` }, `all of ${event.label}`)), near)),
    similarPanel(event) ?? "");
  picture.load();
  if (audio) picture.follow(audio);
  neighbours(event, near).catch((error) => near.append(make("li", null, error.message)));
  return picture;
}

export function open(root, { rest }) {
  let picture = null;
  let isOpen = true;
  const load = async () => {
    try {
      const event = await get(`v1/events/${Number(rest[0])}`);
      if (!isOpen) return;
      document.title = `${event.label}, ${when(event.start)} – Earwitness`;
      const redraw = (now) => {
        // The picture stays as it is; only what was said changes.
        root.querySelector(".facts").replaceWith(facts(now));
      };
      picture?.close();
      picture = show(root, event, redraw);
    } catch (error) {
      root.replaceChildren(make("header", null, make("h1", null, "Event")), make("p", { class: "empty" }, error.message));
    }
  };
  load();
  const stop = listen(["event", "clip"], (message) => { if (message.id === Number(rest[0])) load(); });
  return () => {
    isOpen = false;
    stop();
    picture?.close();
  };
}
