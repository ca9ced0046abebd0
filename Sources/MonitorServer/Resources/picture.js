// The moving picture of a source: its spectrogram, the events over it, the level with gate under it.

import { has, query, readSpectrogram } from "./api.js";
import { colour, drawClock, prepare } from "./canvas.js";
import { clock, level, number } from "./dom.js";
import { present, see, span } from "./live-data.js";
import { hertz, Spectrogram } from "./spectrogram.js";

const lane = 18;
const gutter = { left: 52, right: 8 };
const levelRange = [-100, 0];

export class Picture {
  /// - canvas: where it is drawn.
  /// - readout: says what is under the pointer.
  constructor(source, canvas, readout) {
    this.source = source;
    this.canvas = canvas;
    this.readout = readout;
    this.spectrogram = null;
    this.edge = 0;
    this.abort = null;
    canvas.addEventListener("pointermove", (event) => this.point(event));
    canvas.addEventListener("pointerleave", () => { readout.textContent = ""; });
  }

  /// Follows the spectrogram of the source until `close`; connects again when it was cut off.
  open() {
    if (!has("GET /v1/spectrogram") || this.abort) return;
    this.abort = new AbortController();
    const { signal } = this.abort;
    const read = async () => {
      while (!signal.aborted) {
        try {
          await readSpectrogram(`v1/spectrogram${query({ source: this.source.name })}`, {
            signal,
            onHead: (head) => {
              const isSame = this.spectrogram?.head.bands === head.bands;
              if (!isSame) this.spectrogram = new Spectrogram(head, span + 4);
            },
            onColumns: (columns) => {
              this.spectrogram.push(columns);
              see(this.source, columns.at(-1).time + 1 / this.spectrogram.rate);
            },
          });
        } catch {
          // Whether the service answers is said at the head of the page.
        }
        await new Promise((done) => setTimeout(done, 3000));
      }
    };
    read();
  }

  close() {
    this.abort?.abort();
    this.abort = null;
  }

  /// The times of the left and right edge. The right one glides, so that late messages do not jerk, and
  /// lies so far back that it does not wait for the columns of a hop, which come together.
  times() {
    const target = present(this.source) - .6;
    const difference = target - this.edge;
    this.edge = Math.abs(difference) > 2 ? target : Math.max(this.edge, this.edge + difference * .15);
    return { from: this.edge - span, to: this.edge };
  }

  layout(width, height) {
    const strip = Math.min(76, Math.max(46, height * .2));
    const box = { x: gutter.left, y: lane * 2 + 2, width: width - gutter.left - gutter.right };
    box.height = this.spectrogram === null && !has("GET /v1/spectrogram") ? 0 : height - box.y - strip - 30;
    const levels = { x: box.x, width: box.width, y: box.y + box.height + 8 };
    levels.height = height - levels.y - 22;
    return { box, levels };
  }

  draw() {
    const place = prepare(this.canvas);
    if (place === null || this.source.latest === 0) return;
    const { context, width, height } = place;
    const { from, to } = this.times();
    const { box, levels } = this.layout(width, height);
    this.shown = { box, from, to };
    if (this.spectrogram !== null) {
      this.spectrogram.draw(context, box, from, to, colour("wash"));
      this.spectrogram.drawAxis(context, box, colour("soft"));
    } else if (box.height > 0) {
      context.fillStyle = colour("wash");
      context.fillRect(box.x, box.y, box.width, box.height);
    }
    this.drawLevels(context, levels, from, to);
    this.drawEvents(context, box, levels, from, to);
    drawClock(context, { ...levels, y: levels.y }, from, to);
  }

  drawLevels(context, box, from, to) {
    const x = (time) => box.x + box.width * (time - from) / (to - from);
    const y = (db) => box.y + box.height * (1 - (Math.max(levelRange[0], Math.min(levelRange[1], db)) - levelRange[0]) /
      (levelRange[1] - levelRange[0]));
    context.fillStyle = colour("wash");
    context.fillRect(box.x, box.y, box.width, box.height);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    const list = this.source.levels;
    for (let at = 0; at < list.length; at += 1) {
      const { time, level: db, isOpen } = list[at];
      const next = list[at + 1]?.time ?? time + .3;
      if (db === null || next < from) continue;
      const left = Math.floor(x(time));
      context.fillStyle = isOpen ? colour("accent") : colour("rest");
      context.fillRect(left, y(db), Math.max(1, Math.ceil(x(Math.min(next, time + 1))) - left), box.y + box.height - y(db));
    }
    context.restore();
    const state = this.source.status;
    const lines = [["gate", state?.gate_open_dbfs, []], ["floor", state?.noise_floor_dbfs, [2, 3]]];
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "right";
    context.textBaseline = "middle";
    let before = null;
    for (const [name, db, dashes] of lines) {
      if (db === null || db === undefined) continue;
      context.strokeStyle = colour("ink");
      context.setLineDash(dashes);
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(box.x, Math.round(y(db)) + .5);
      context.lineTo(box.x + box.width, Math.round(y(db)) + .5);
      context.stroke();
      context.setLineDash([]);
      let text = y(db);
      if (before !== null && Math.abs(text - before) < 12) text = before + 12;
      before = text;
      context.fillStyle = colour("soft");
      context.fillText(name, box.x - 6, text);
    }
    if (before === null) {
      context.fillStyle = colour("soft");
      context.fillText("level", box.x - 6, box.y + box.height / 2);
    }
  }

  /// The events as brackets, in two lanes, so that two at a time can be read.
  drawEvents(context, box, levels, from, to) {
    const x = (time) => box.x + box.width * (time - from) / (to - from);
    const ends = [-Infinity, -Infinity];
    const events = [...this.source.events.values()]
      .map((event) => ({
        event, start: Date.parse(event.start) / 1000,
        end: event.end === null ? to : Date.parse(event.end) / 1000,
      }))
      .filter(({ start, end }) => end > from && start < to)
      .sort((a, b) => a.start - b.start);
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const { event, start, end } of events) {
      const left = Math.max(box.x, x(start));
      const right = Math.max(left + 3, x(end));
      const isOngoing = event.end === null;
      const text = event.label;
      const textWidth = context.measureText(text).width;
      const hasRoom = left + textWidth + 8 < box.x + box.width;
      const textAt = hasRoom ? left + 3 : Math.max(box.x, box.x + box.width - textWidth - 3);
      const free = ends.map((end) => end <= Math.min(left, textAt));
      const row = free[0] ? 0 : free[1] ? 1 : ends[0] < ends[1] ? 0 : 1;
      const isCovered = !free[row];
      const y = row * lane;
      ends[row] = Math.max(right, textAt + textWidth + 8);
      context.fillStyle = colour("accent");
      context.globalAlpha = isOngoing ? .16 : .1;
      context.fillRect(left, y, right - left, box.y + box.height - y);
      context.globalAlpha = 1;
      context.fillRect(left, y + lane - 3, right - left, 3);
      context.globalAlpha = .8;
      context.fillRect(left, y + lane - 3, 1, levels.y + levels.height - y - lane + 3);
      if (!isOngoing) context.fillRect(right - 1, y + lane - 3, 1, levels.y + levels.height - y - lane + 3);
      context.globalAlpha = 1;
      if (isCovered) continue;
      context.fillStyle = isOngoing ? colour("accent") : colour("ink");
      context.fillText(text, textAt, y + 7);
    }
  }

  /// Says time, frequency and level under the pointer.
  point(event) {
    if (!this.shown || this.spectrogram === null) return;
    const { box, from, to } = this.shown;
    const bounds = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - bounds.left - box.x, event.clientY - bounds.top - box.y];
    const time = from + (x / box.width) * (to - from);
    const found = x >= 0 && x <= box.width ? this.spectrogram.at(time, y, box.height) : null;
    this.readout.textContent = found === null ? "" : `${clock(new Date(time * 1000))} · ` +
      `${hertz(found.frequency < 1000 ? Math.round(found.frequency) : Number((found.frequency / 1000).toFixed(1)) * 1000)} · ` +
      `${number(found.level)} dB`;
  }

  /// What the level strip shows, in words.
  get levelText() {
    const now = this.source.level;
    if (now === null) return "";
    return `${level(now.level_dbfs)} · gate ${now.gate}`;
  }
}
