// What sounds like an event, in weeks of which no sound is kept.

import { get, has } from "./api.js";
import { button, duration, make, number, plural, say, when } from "./dom.js";
import { labelOf, sources } from "./live-data.js";

const most = 20;

/// A sound that is like the event: its event if it was reported, else its place in the timeline.
function item(sound) {
  const name = sound.event === null ? "not reported" : labelOf(sound.event.class);
  const address = sound.event === null
    ? `#/timeline?${new URLSearchParams({ from: sound.start, to: sound.end })}` : `#/event/${sound.event.id}`;
  const facts = [when(sound.at), sources.size > 1 ? sound.source : null,
    duration((new Date(sound.end) - new Date(sound.start)) / 1000)].filter(Boolean).join(" · ");
  return make("li", null, make("span", null, make("a", { href: address }, name), ` ${number(100 * sound.likeness)} % alike`),
    make("span", { class: "soft" }, facts));
}

function show(body, answer) {
  const said = answer.remarks.map((remark) => make("p", { class: "soft" }, remark));
  const text = answer.found.length === 0 ? "Nothing is like it."
    : `${plural(answer.found.length, "sound is", "sounds are")} most like it, of ${plural(answer.compared_prints, "second", "seconds")} that were not silent.`;
  body.replaceChildren(make("p", null, text),
    make("ol", { class: "neighbours" }, answer.found.map(item)), ...said);
  say(text);
}

/// The panel; null where the service can't look. Looking begins with its button.
export function similarPanel(event) {
  if (!has("GET /v1/events/{id}/similar") || event.end === null) return null;
  const body = make("div", { class: "similar" },
    make("p", { class: "soft" }, "Compared are prints of 64 bytes a second; the sound itself is not needed."));
  const start = button("Find similar", async () => {
    start.disabled = true;
    try {
      show(body, await get(`v1/events/${event.id}/similar`, { limit: most }));
    } catch (error) {
      body.replaceChildren(make("p", { class: "empty" }, error.message));
      say(error.message);
    } finally {
      start.disabled = false;
    }
  }, { class: "small" });
  return make("section", { class: "panel", "aria-labelledby": "similar-title" },
    make("header", null, make("h2", { id: "similar-title" }, "What sounds like it"), start), body);
}
