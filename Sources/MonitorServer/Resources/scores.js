// The scores of the last minute, class by class, each with its threshold as a line that is dragged.

import { setThreshold } from "./api.js";
import { colour, prepare } from "./canvas.js";
import { button, make, plural, say, score, showProblem } from "./dom.js";
import { hasSeveralModels, keyOf, present, putThreshold, span, thresholds } from "./live-data.js";

/// So many curves are shown before somebody asks for all.
const fewCurves = 8;
/// Milliseconds between two thresholds that are set while one is dragged.
const dragPause = 120;

/// How many peaks of scores a threshold lets through: it opens at `on` and closes below `off`.
export function peakCount(list, on, off) {
  let count = 0;
  let isOpen = false;
  for (const { value } of list) {
    if (!isOpen && value >= on) {
      isOpen = true;
      count += 1;
    } else if (isOpen && value < off) isOpen = false;
  }
  return count;
}

/// The curve of one class.
class Curve {
  constructor(source, threshold) {
    this.source = source;
    this.threshold = threshold;
    this.on = threshold.on;
    this.dragging = false;
    this.sentAt = 0;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.value = make("span", { class: "value" });
    this.handle = make("div", {
      class: "threshold", role: "slider", tabindex: "0", "aria-orientation": "vertical",
      "aria-label": `Threshold of ${threshold.label}`, "aria-valuemin": "0", "aria-valuemax": "1",
    }, make("span", { class: "knob" }));
    this.box = make("div", { class: "box" }, this.canvas, this.handle);
    this.would = make("p", { class: "would" });
    const name = hasSeveralModels() ? `${threshold.label} · ${threshold.model}` : threshold.label;
    this.element = make("div", { class: "curve", data: { class: threshold.class } },
      make("p", { class: "head" }, make("span", { class: "name" }, name), this.value), this.box, this.would);
    this.handle.addEventListener("pointerdown", (event) => this.grab(event));
    this.handle.addEventListener("keydown", (event) => this.press(event));
    this.place();
  }

  get list() {
    return this.source.scores.get(keyOf(this.threshold.model, this.threshold.class)) ?? [];
  }

  get off() {
    return this.threshold.on > 0 ? this.on * this.threshold.off / this.threshold.on : this.threshold.off;
  }

  /// Takes over what is in force, unless somebody is dragging.
  follow(threshold) {
    this.threshold = threshold;
    if (!this.dragging) this.on = threshold.on;
    this.place();
  }

  place() {
    this.handle.style.setProperty("bottom", `${100 * this.on}%`);
    this.handle.setAttribute("aria-valuenow", this.on.toFixed(2));
    this.handle.setAttribute("aria-valuetext", score(this.on));
  }

  grab(event) {
    event.preventDefault();
    this.handle.focus();
    this.handle.setPointerCapture(event.pointerId);
    this.dragging = true;
    this.element.classList.add("dragging");
    const move = (moved) => {
      const box = this.box.getBoundingClientRect();
      this.change(1 - (moved.clientY - box.top) / box.height);
    };
    const drop = () => {
      this.handle.removeEventListener("pointermove", move);
      this.dragging = false;
      this.element.classList.remove("dragging");
      this.send(true);
    };
    this.handle.addEventListener("pointermove", move);
    this.handle.addEventListener("pointerup", drop, { once: true });
    this.handle.addEventListener("pointercancel", drop, { once: true });
  }

  press(event) {
    const steps = { ArrowUp: .01, ArrowRight: .01, ArrowDown: -.01, ArrowLeft: -.01, PageUp: .1, PageDown: -.1 };
    if (event.key in steps) this.change(this.on + steps[event.key]);
    else if (event.key === "Home") this.change(0);
    else if (event.key === "End") this.change(1);
    else return;
    event.preventDefault();
    this.send(true);
  }

  change(on) {
    this.on = Math.round(Math.max(0, Math.min(1, on)) * 100) / 100;
    this.place();
    this.draw();
    this.send(false);
  }

  /// Sets the threshold in the service: at once, and then at most once in a pause.
  async send(isLast) {
    const now = performance.now();
    clearTimeout(this.timer);
    if (!isLast && now - this.sentAt < dragPause) {
      this.timer = setTimeout(() => this.send(false), dragPause);
      return;
    }
    this.sentAt = now;
    const on = this.on;
    try {
      const inForce = await setThreshold(this.threshold, on);
      showProblem("");
      if (isLast && on === this.on) {
        say(`${inForce.label}: threshold ${score(inForce.on)}. ${this.would.textContent}`);
        putThreshold(inForce);
      }
    } catch (error) {
      this.on = this.threshold.on;
      this.place();
      showProblem(`The threshold was not set: ${error.message}`);
    }
  }

  draw() {
    const list = this.list;
    const until = present(this.source);
    const last = list.at(-1);
    const isFresh = last !== undefined && until - last.time < 3;
    const text = isFresh ? score(last.value) : "–";
    if (this.value.textContent !== text) this.value.textContent = text;
    this.value.classList.toggle("over", isFresh && last.value >= this.on);
    const count = peakCount(list, this.on, this.off);
    const would = this.dragging || count > 0
      ? `${plural(count, "peak reaches", "peaks reach")} ${score(this.on)}` : `counts from ${score(this.on)}`;
    if (this.would.textContent !== would) this.would.textContent = would;
    const place = prepare(this.canvas);
    if (place === null) return;
    const { context, width, height } = place;
    const x = (time) => width * (1 - (until - time) / span);
    const y = (value) => 1 + (height - 2) * (1 - value);
    const line = y(this.on);
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    for (const [inkName, top, bottom] of [["rest", line, height], ["accent", 0, line]]) {
      context.save();
      context.beginPath();
      context.rect(0, top, width, bottom - top);
      context.clip();
      this.trace(context, list, x, y, height);
      context.fillStyle = context.strokeStyle = colour(inkName);
      context.globalAlpha = inkName === "accent" ? .45 : .25;
      context.fill();
      context.globalAlpha = 1;
      context.stroke();
      context.restore();
    }
  }

  /// The path of the curve; where no window was scored for a while it falls to the ground.
  trace(context, list, x, y, height) {
    context.beginPath();
    let before = null;
    for (const { time, value } of list) {
      if (before === null || time - before > 2) {
        if (before !== null) context.lineTo(x(before), height + 2);
        context.moveTo(x(time), height + 2);
      }
      context.lineTo(x(time), y(value));
      before = time;
    }
    if (before !== null) context.lineTo(x(before), height + 2);
  }
}

/// The curves of a source: those that were heard most come first, until all are asked for.
export class Curves {
  constructor(source) {
    this.source = source;
    this.curves = new Map();
    this.showsAll = false;
    this.grid = make("div", { class: "curves" });
    this.more = button("", () => {
      this.showsAll = !this.showsAll;
      this.arrange();
    }, { class: "quiet" });
    this.element = make("section", { class: "scores", "aria-label": `Scores of the last minute, ${source.name}` },
      make("h4", null, "Scores ", make("small", null, "drag a line to set from where on it counts")), this.grid, this.more);
    this.arrange();
  }

  /// Chooses what is shown; nothing moves under a hand or the keyboard.
  arrange() {
    if (this.grid.matches(":hover") || this.grid.contains(document.activeElement)) {
      if (this.curves.size > 0 && document.activeElement !== this.more && !this.more.matches(":hover")) return;
    }
    const models = this.source.status?.models ?? [];
    const all = [...thresholds.values()].filter((threshold) =>
      threshold.reported && (models.length === 0 || models.includes(threshold.model)));
    const peak = (threshold) => (this.source.scores.get(keyOf(threshold.model, threshold.class)) ?? [])
      .reduce((most, { value }) => Math.max(most, value / Math.max(.05, threshold.on)), 0);
    const ranked = all.map((threshold) => ({ threshold, peak: peak(threshold) })).sort((a, b) => b.peak - a.peak);
    const chosen = ranked.slice(0, this.showsAll ? ranked.length : fewCurves).map((one) => one.threshold)
      .sort((a, b) => a.label.localeCompare(b.label));
    const keys = new Set(chosen.map((threshold) => keyOf(threshold.model, threshold.class)));
    for (const key of [...this.curves.keys()]) if (!keys.has(key)) this.curves.delete(key);
    for (const threshold of chosen) {
      const key = keyOf(threshold.model, threshold.class);
      if (this.curves.has(key)) this.curves.get(key).follow(threshold);
      else this.curves.set(key, new Curve(this.source, threshold));
    }
    const elements = chosen.map((threshold) => this.curves.get(keyOf(threshold.model, threshold.class)).element);
    if (elements.length !== this.grid.children.length || elements.some((one, at) => one !== this.grid.children[at])) {
      this.grid.replaceChildren(...elements);
    }
    this.more.hidden = all.length <= fewCurves;
    const text = this.showsAll ? `Show the ${fewCurves} that were heard most` : `Show all ${all.length} sounds`;
    if (this.more.textContent !== text) this.more.textContent = text;
    this.draw();
  }

  follow(threshold) {
    this.curves.get(keyOf(threshold.model, threshold.class))?.follow(threshold);
  }

  draw() {
    for (const curve of this.curves.values()) curve.draw();
  }
}
