// The timeline's canvas: a row a class, hatched where nobody listened, the level below; and the hands
// that move it.

import { colour, hatching, keepFitting, onDemand, prepare } from "./canvas.js";
import { clock, day, number, plural, shortClock, when } from "./dom.js";
import { labelOf } from "./live-data.js";
import { firstFrom } from "./timeline-data.js";

const rowHeight = 28;
const levelHeight = 84;
const axisHeight = 24;
const longest = 400 * 86400;
const shortest = 120;

export class TimelineCanvas {
  /// - onMove: called when other times are shown.
  /// - onPick: gets the row and item that was clicked.
  constructor(data, { onMove, onPick, readout }) {
    this.data = data;
    this.onMove = onMove;
    this.onPick = onPick;
    this.readout = readout;
    this.hands = new Map();
    this.canvas = document.createElement("canvas");
    this.canvas.className = "timeline-picture";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label",
      "Timeline of events by sound. Arrow keys move, plus and minus zoom, Home shows now. The table below has the same.");
    this.draw = onDemand(() => this.drawNow());
    this.stopFitting = keepFitting(this.canvas, this.draw);
    const on = (name, act) => this.canvas.addEventListener(name, (event) => act.call(this, event), { passive: false });
    on("wheel", this.wheel);
    on("pointerdown", this.press);
    on("pointermove", this.move);
    on("pointerup", this.lift);
    on("pointercancel", this.lift);
    on("pointerleave", () => { this.readout.textContent = ""; });
    on("keydown", this.key);
  }

  close() {
    this.stopFitting();
  }

  show(from, to) {
    const span = Math.max(shortest, Math.min(longest, to - from));
    const latest = Date.now() / 1000 + span * .05;
    this.to = Math.min(latest, (from + to + span) / 2);
    this.from = this.to - span;
    this.data.want(this.from, this.to);
    this.draw();
    this.onMove(this.from, this.to);
  }

  get gutter() {
    return this.canvas.clientWidth < 560 ? 96 : 150;
  }

  timeAt(x) {
    return this.from + (x - this.gutter) / (this.canvas.clientWidth - this.gutter) * (this.to - this.from);
  }

  zoom(factor, around = (this.from + this.to) / 2) {
    this.show(around - (around - this.from) * factor, around + (this.to - around) * factor);
  }

  pan(seconds) {
    this.show(this.from + seconds, this.to + seconds);
  }

  wheel(event) {
    event.preventDefault();
    const bounds = this.canvas.getBoundingClientRect();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.pan((event.deltaX || event.deltaY) / (bounds.width - this.gutter) * (this.to - this.from));
    } else this.zoom(Math.exp(event.deltaY * .0015), this.timeAt(Math.max(this.gutter, event.clientX - bounds.left)));
  }

  press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.hands.set(event.pointerId, { x: event.offsetX, y: event.offsetY, began: event.offsetX });
  }

  move(event) {
    const hand = this.hands.get(event.pointerId);
    if (!hand) {
      this.point(event);
      return;
    }
    const perPixel = (this.to - this.from) / (this.canvas.clientWidth - this.gutter);
    if (this.hands.size === 1) {
      this.pan((hand.x - event.offsetX) * perPixel);
    } else {
      const other = [...this.hands].find(([id]) => id !== event.pointerId)[1];
      const [before, after] = [Math.abs(hand.x - other.x), Math.abs(event.offsetX - other.x)];
      if (before > 8 && after > 8) this.zoom(before / after, this.timeAt((event.offsetX + other.x) / 2));
    }
    hand.x = event.offsetX;
  }

  lift(event) {
    const hand = this.hands.get(event.pointerId);
    this.hands.delete(event.pointerId);
    if (!hand || event.type !== "pointerup" || Math.abs(hand.began - event.offsetX) > 4) return;
    const found = this.find(event.offsetX, event.offsetY);
    if (found?.item) this.onPick(found.row, found.item);
  }

  key(event) {
    const span = this.to - this.from;
    const acts = {
      ArrowLeft: () => this.pan(-span / 5), ArrowRight: () => this.pan(span / 5), PageUp: () => this.pan(-span),
      PageDown: () => this.pan(span), "+": () => this.zoom(.7), "=": () => this.zoom(.7), "-": () => this.zoom(1.4),
      Home: () => this.show(Date.now() / 1000 - span, Date.now() / 1000),
    };
    if (event.ctrlKey || event.metaKey || !(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  }

  /// The row and item at a place of the canvas.
  find(x, y) {
    const row = this.data.rows[Math.floor((y - axisHeight) / rowHeight)];
    if (!row || x < this.gutter) return null;
    const time = this.timeAt(x);
    const slack = 3 * (this.to - this.from) / this.canvas.clientWidth;
    return { row, item: row.items.find((item) => time >= item.start - slack && time < Math.max(item.end, item.start + slack)) };
  }

  point(event) {
    const found = this.find(event.offsetX, event.offsetY);
    this.canvas.style.setProperty("cursor", found?.item ? "pointer" : "grab");
    const time = new Date(this.timeAt(event.offsetX) * 1000);
    if (found?.item) {
      const { row, item } = found;
      this.readout.textContent = `${labelOf(row.class)} · ${when(item.start * 1000)}` +
        (item.id ? ` · score ${number(item.score, 2)}` : ` · ${plural(item.count, "event", "events")}`);
    } else if (event.offsetX > this.gutter) this.readout.textContent = `${day(time)}, ${shortClock(time)}`;
    else this.readout.textContent = "";
  }

  drawNow() {
    const height = axisHeight + Math.max(3, this.data.rows.length) * rowHeight + levelHeight + 12;
    if (this.height !== height) {
      this.height = height;
      this.canvas.style.setProperty("height", `${height}px`);
    }
    const place = prepare(this.canvas);
    if (place === null || this.from === undefined) return;
    const { context, width } = place;
    const box = { x: this.gutter, y: axisHeight, width: width - this.gutter, height: height - axisHeight - levelHeight - 12 };
    const x = (time) => box.x + (time - this.from) / (this.to - this.from) * box.width;
    this.drawUnheard(context, box, x, height);
    this.drawAxis(context, box, x, height);
    this.drawRows(context, box, x);
    this.drawLevels(context, { ...box, y: box.y + box.height + 12, height: levelHeight }, x);
  }

  clip(context, box, draw) {
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    draw();
    context.restore();
  }

  drawUnheard(context, box, x, height) {
    this.clip(context, { ...box, height: height - box.y }, () => {
      context.fillStyle = hatching(context);
      for (const { start, end, share } of this.data.unheard) {
        if (end < this.from || start > this.to) continue;
        // The more of it was listened to, the fainter.
        context.globalAlpha = 1 - .65 * share;
        context.fillRect(x(start), box.y, x(end) - x(start), height - box.y);
      }
    });
  }

  /// Marks at whole hours, days or weeks of the reader's clock.
  drawAxis(context, box, x, height) {
    const span = this.to - this.from;
    const room = box.width / (box.width < 400 ? 72 : 92);
    const hours = [1 / 60, 1 / 12, .25, 1, 3, 6, 12, 24, 48, 168, 336, 720].find((one) => span / 3600 / one <= room) ?? 1440;
    const at = new Date(this.from * 1000);
    if (hours >= 24) at.setHours(0, 0, 0, 0); else at.setMinutes(0, 0, 0);
    if (hours > 1 && hours < 24) at.setHours(Math.floor(at.getHours() / hours) * hours);
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "left";
    while (at.getTime() / 1000 < this.to) {
      const left = x(at.getTime() / 1000);
      if (left >= box.x) {
        const isDay = at.getHours() === 0 && at.getMinutes() === 0;
        context.fillStyle = colour("line");
        context.fillRect(Math.round(left), isDay ? 4 : 14, 1, height);
        context.fillStyle = colour(isDay ? "ink" : "soft");
        const text = isDay ? day(at) : hours < 1 / 30 ? clock(at) : shortClock(at);
        if (left + context.measureText(text).width + 5 < box.x + box.width) context.fillText(text, left + 5, 11);
      }
      if (hours >= 24) at.setDate(at.getDate() + hours / 24); else at.setTime(at.getTime() + hours * 3_600_000);
    }
  }

  drawRows(context, box, x) {
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "middle";
    this.data.rows.forEach((row, index) => {
      const top = box.y + index * rowHeight;
      context.fillStyle = colour("line");
      context.fillRect(0, top + rowHeight - 1, box.x + box.width, 1);
      context.fillStyle = colour("ink");
      context.textAlign = "left";
      context.fillText(labelOf(row.class), 0, top + rowHeight / 2, box.x - 12);
    });
    if (this.data.rows.length === 0) {
      context.fillStyle = colour("soft");
      context.textAlign = "center";
      context.fillText(this.data.problem ?? (this.data.loaded ? "Nothing was heard." : "loading …"), box.x + box.width / 2, box.y + 40);
    }
    this.clip(context, box, () => {
      context.fillStyle = colour("accent");
      this.data.rows.forEach((row, index) => {
        const ground = box.y + (index + 1) * rowHeight - 3;
        for (let at = firstFrom(row.items, "start", this.from - row.longest); at < row.items.length; at += 1) {
          const item = row.items[at];
          if (item.start > this.to) break;
          const left = x(item.start);
          const share = item.id ? .45 + .55 * item.score : Math.sqrt(item.count / row.most);
          const size = item.id ? rowHeight - 12 : 3 + (rowHeight - 9) * share;
          const gap = item.id ? 0 : Math.min(1.5, (x(item.end) - left) / 4);
          context.globalAlpha = item.id ? share : .55 + .45 * share;
          context.fillRect(left, ground - size, Math.max(item.id ? 3 : 1, x(item.end) - left - gap), size);
        }
      });
    });
  }

  /// The energy mean as a line in the band between what is exceeded for 90 and for 10 % of the time.
  drawLevels(context, box, x) {
    const { levels, levelStep, levelRange } = this.data;
    const seen = levels.slice(
      firstFrom(levels, "time", this.from - levelStep), firstFrom(levels, "time", this.to) + 1);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "left";
    context.fillStyle = colour("ink");
    context.fillText("Loudness", 0, box.y + 12);
    if (levelRange === null || levelRange === undefined) return;
    const [low, high] = levelRange;
    const y = (value) => box.y + box.height * (1 - (value - low) / (high - low));
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = colour("soft");
    context.fillText(`LAeq, L10–L90`, 0, box.y + 29, box.x - 34);
    context.fillText(this.data.levelUnit, 0, box.y + 45, box.x - 34);
    context.textAlign = "right";
    for (const value of [low, high]) context.fillText(number(value), box.x - 6, Math.max(box.y + 7, Math.min(box.y + box.height - 6, y(value))));
    this.clip(context, box, () => {
      context.fillStyle = context.strokeStyle = colour("accent");
      context.globalAlpha = .22;
      const perItem = Math.max(1, (x(levelStep) - x(0)));
      for (const one of seen) {
        context.fillRect(x(one.time), y(one.laf10), perItem, Math.max(1, y(one.laf90) - y(one.laf10)));
      }
      context.globalAlpha = 1;
      context.lineWidth = 1.5;
      context.beginPath();
      let before = null;
      for (const one of seen) {
        const place = [x(one.time + levelStep / 2), y(one.laeq)];
        if (before !== null && one.time - before < levelStep * 2.5) context.lineTo(...place); else context.moveTo(...place);
        before = one.time;
      }
      context.stroke();
    });
  }
}
