// Review: one event after another, by keys: j and k go on and back, y and n judge, space plays.

import { get } from "./api.js";
import { button, duration, full, make, number, plural, score } from "./dom.js";
import { EventPicture } from "./event-picture.js";
import { judge, judgement, judgementText, verdicts } from "./verdict.js";

const listLength = 200;

/// Events that nobody has checked yet, those first whose label tells most.
async function unchecked() {
  const { events } = await get("v1/events", { limit: listLength, order: "worth", label: "none" });
  return events;
}

class Review {
  constructor(root) {
    this.events = [];
    this.at = 0;
    this.reached = 0;
    this.done = 0;
    this.started = Date.now();
    this.picture = null;
    this.audio = make("audio", { controls: true, preload: "auto" });
    this.count = make("p", { role: "status" }, "looking …");
    this.card = make("section", { class: "panel card", "aria-live": "polite" });
    this.keys = make("p", { class: "keys" }, [["y", "right"], ["n", "wrong"], ["j", "next"], ["k", "back"], ["space", "play"]]
      .flatMap(([key, what]) => [make("kbd", null, key), ` ${what} `]));
    root.append(make("header", null, make("h1", null, "Review"), this.count), this.card, this.keys);
    this.press = (event) => this.key(event);
    document.addEventListener("keydown", this.press);
    this.load();
  }

  async load() {
    try {
      this.events = await unchecked();
      this.show();
    } catch (error) {
      this.count.textContent = `The history does not answer: ${error.message}`;
    }
  }

  get event() {
    return this.events[this.at];
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    // On a button the space key is the button's.
    if (event.key === " " && event.target.closest("button, a, audio")) return;
    const acts = { j: () => this.move(1), k: () => this.move(-1), y: () => this.say(true), n: () => this.say(false), " ": () => this.play() };
    const act = acts[event.key];
    if (!act || !this.event) return;
    event.preventDefault();
    act();
  }

  move(step) {
    this.at = Math.max(0, Math.min(this.events.length, this.at + step));
    this.show();
  }

  async say(isRight) {
    const { event } = this;
    const at = this.at;
    const now = await judge(event, isRight ? event.class : null);
    if (now !== null) this.judged(at, now);
  }

  judged(at, now) {
    if (judgement(this.events[at]) === "none") this.done += 1;
    this.events[at] = now;
    this.at = at + 1;
    this.show();
    this.askAnew();
  }

  /// What is asked next depends on what was answered; what was shown already stays.
  async askAnew() {
    const found = await unchecked().catch(() => null);
    if (found === null) return;
    const kept = this.events.slice(0, this.reached + 1);
    const known = new Set(kept.map((event) => event.id));
    const wasOver = !this.event;
    this.events = [...kept, ...found.filter((event) => !known.has(event.id))];
    if (wasOver && this.event) this.show();
    else this.showCount();
  }

  play() {
    if (this.event.clip === null) return;
    if (this.audio.paused) {
      this.audio.currentTime = 0;
      this.audio.play().catch(() => {});
    } else this.audio.pause();
  }

  showCount() {
    const left = this.events.filter((event) => judgement(event) === "none").length;
    const minutes = (Date.now() - this.started) / 60_000;
    this.count.textContent = `${number(this.done)} checked${this.done > 1 ? `, ${number(this.done / Math.max(.1, minutes))} a minute` : ""} · ` +
      `${plural(left, "is", "are")} left${left >= listLength ? ", and more after them" : ""}`;
  }

  show() {
    this.picture?.close();
    this.picture = null;
    this.audio.pause();
    this.reached = Math.max(this.reached, this.at);
    this.showCount();
    if (!this.event) {
      this.card.replaceChildren(make("p", { class: "empty" }, this.events.length === 0 ? "Everything is checked." : "That was the last one."),
        this.events.length > 0 ? button("Look for more", () => { this.at = 0; this.reached = 0; this.load(); }) : "");
      return;
    }
    const { event, at } = this;
    const canvas = make("canvas", { class: "event-picture", role: "img", "aria-label": `Spectrogram of ${event.label}` });
    const hasClip = event.clip !== null;
    if (hasClip) this.audio.setAttribute("src", `v1/events/${event.id}/clip`);
    const label = judgementText(event);
    this.card.replaceChildren(
      make("header", null, make("h2", null, event.label), make("p", { class: "soft" },
        `${full(new Date(event.start))} · ${event.source} · ${duration(event.duration_s)} · score ${score(event.peak_score)}`),
      make("a", { href: `#/event/${event.id}` }, "open")), canvas,
      make("div", { class: "ask" },
        button("Yes, it was", () => this.say(true), { class: "main", "aria-keyshortcuts": "y", "aria-pressed": String(label === "right") }),
        button("No", () => this.say(false), { "aria-keyshortcuts": "n", "aria-pressed": String(label === "false alarm") }),
        button("Back", () => this.move(-1), { "aria-keyshortcuts": "k", disabled: at === 0 }),
        button("Next", () => this.move(1), { "aria-keyshortcuts": "j" }),
        make("span", { class: "else" }, "or ", verdicts(event, (now) => this.judged(at, now)).lastElementChild),
        hasClip ? this.audio : make("p", { class: "soft" }, "no clip is kept"), label ? make("p", { class: "badge" }, label) : null));
    this.picture = new EventPicture(canvas, event);
    this.picture.load();
    if (hasClip) this.picture.follow(this.audio);
  }

  close() {
    document.removeEventListener("keydown", this.press);
    this.audio.pause();
    this.picture?.close();
  }
}

export function open(root) {
  const review = new Review(root);
  return () => review.close();
}
