// The picture of an event: its spectrogram with its extent, and the scores against the threshold.

import { get, has, readSpectrogram } from "./api.js";
import { colour, drawClock, keepFitting, onDemand, prepare } from "./canvas.js";
import { duration, number } from "./dom.js";
import { keyOf, thresholds } from "./live-data.js";
import { Spectrogram } from "./spectrogram.js";

const gutter = { left: 52, right: 8 };
const seconds = (text) => Date.parse(text) / 1000;

/// The picture of an event: spectrogram above, score curve below, on the same time.
export class EventPicture {
  constructor(canvas, event) {
    this.event = event;
    this.canvas = canvas;
    this.spectrogram = null;
    this.absence = event.clip === null ? "Without a clip there is no picture." : "loading …";
    this.scores = null;
    this.playedTo = null;
    this.start = seconds(event.start);
    this.end = event.end === null ? this.start + 5 : seconds(event.end);
    const around = Math.max(1.5, Math.min(10, (this.end - this.start) * .3));
    this.from = this.start - around;
    this.to = this.end + around;
    this.draw = onDemand(() => this.drawNow());
    this.abort = new AbortController();
    this.stopFitting = keepFitting(canvas, this.draw);
  }

  async load() {
    await Promise.allSettled([this.loadSpectrogram(), this.loadScores()]);
    this.draw();
  }

  async loadSpectrogram() {
    if (this.event.clip === null) return;
    let first = null;
    try {
      await readSpectrogram(`v1/events/${this.event.id}/spectrogram`, {
        signal: this.abort.signal,
        onHead: (head) => { this.spectrogram = new Spectrogram(head, head.columns / head.columns_per_s); },
        onColumns: (columns) => {
          first ??= columns[0].time;
          this.spectrogram.push(columns);
          // The clip says how much of the time before and after there is.
          this.from = first;
          this.to = Math.max(this.spectrogram.end, this.from + 1);
          this.draw();
        },
      });
    } catch (error) {
      if (error.name !== "AbortError") this.absence = error.message;
    }
  }

  async loadScores() {
    if (!has("GET /v1/scores")) return;
    const { event } = this;
    const values = { source: event.source, model: event.model, class: event.class,
      since: new Date((this.start - 8) * 1000).toISOString(), until: new Date((this.end + 8) * 1000).toISOString() };
    const found = await get("v1/scores", values, this.abort.signal);
    const list = found.classes?.[event.class];
    if (!list || found.hop_s === null) return;
    const from = typeof found.from === "number" ? found.from : seconds(found.from);
    this.scores = list.map((value, index) => ({ time: from + index * found.hop_s, value }))
      .filter(({ value }) => value !== null);
    this.draw();
  }

  close() {
    this.abort.abort();
    this.stopFitting();
  }

  drawNow() {
    const place = prepare(this.canvas);
    if (place === null) return;
    const { context, width, height } = place;
    const box = { x: gutter.left, y: 20, width: width - gutter.left - gutter.right, height: 0 };
    const hasScores = this.scores !== null && this.scores.length > 0;
    const strip = hasScores ? Math.min(110, height * .3) : 0;
    box.height = height - box.y - strip - 24 - (hasScores ? 10 : 0);
    const x = (time) => box.x + box.width * Math.max(0, Math.min(1, (time - this.from) / (this.to - this.from)));
    if (this.spectrogram !== null) {
      this.spectrogram.draw(context, box, this.from, this.to, colour("wash"));
      this.spectrogram.drawAxis(context, box, colour("soft"));
    } else {
      context.fillStyle = colour("wash");
      context.fillRect(box.x, box.y, box.width, box.height);
      context.fillStyle = colour("soft");
      context.font = "13px system-ui, sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(this.absence, box.x + box.width / 2, box.y + box.height / 2, box.width - 8);
    }
    this.drawExtent(context, box, x, hasScores ? box.height + strip + 10 : box.height);
    if (hasScores) {
      this.drawScores(context, { ...box, y: box.y + box.height + 10, height: strip }, x);
    }
    drawClock(context, { ...box, y: height - 22, height: 0 }, this.from, this.to);
    if (this.playedTo !== null) {
      context.fillStyle = colour("ink");
      context.fillRect(x(this.playedTo), 6, 2, height - 28);
    }
  }

  drawExtent(context, box, x, height) {
    const [left, right] = [x(this.start), x(this.end)];
    context.fillStyle = "#000";
    context.globalAlpha = this.spectrogram === null ? 0 : .35;
    context.fillRect(box.x, box.y, left - box.x, box.height);
    context.fillRect(right, box.y, box.x + box.width - right, box.height);
    context.globalAlpha = 1;
    context.fillStyle = colour("accent");
    context.fillRect(left, box.y - 4, Math.max(3, right - left), 4);
    context.fillRect(left, box.y, 1.5, height);
    context.fillRect(right - 1.5, box.y, 1.5, height);
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "bottom";
    const text = `${this.event.label} ${duration(this.event.duration_s)}`;
    context.fillText(text, Math.min(left, box.x + box.width - context.measureText(text).width), box.y - 5);
  }

  drawScores(context, box, x) {
    const y = (value) => box.y + box.height * (1 - value);
    context.fillStyle = colour("wash");
    context.fillRect(box.x, box.y, box.width, box.height);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.beginPath();
    context.moveTo(x(this.scores[0].time), box.y + box.height);
    for (const { time, value } of this.scores) context.lineTo(x(time), y(value));
    context.lineTo(x(this.scores.at(-1).time), box.y + box.height);
    context.fillStyle = context.strokeStyle = colour("accent");
    context.globalAlpha = .3;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.stroke();
    context.restore();
    const threshold = thresholds.get(keyOf(this.event.model, this.event.class));
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillStyle = colour("soft");
    context.fillText("score 1", box.x - 6, box.y + 6);
    context.fillText("0", box.x - 6, box.y + box.height - 5);
    if (!threshold) return;
    context.strokeStyle = colour("ink");
    context.setLineDash([5, 4]);
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(box.x, y(threshold.on));
    context.lineTo(box.x + box.width, y(threshold.on));
    context.stroke();
    context.setLineDash([]);
    context.fillText(number(threshold.on, 2), box.x - 6, Math.max(box.y + 19, Math.min(box.y + box.height - 18, y(threshold.on))));
  }

  /// Shows how far a sound has been played; the clip begins where its first column does.
  follow(audio) {
    const show = () => {
      this.playedTo = audio.paused && audio.currentTime === 0 ? null : this.from + audio.currentTime;
      this.draw();
      if (!audio.paused) requestAnimationFrame(show);
    };
    audio.addEventListener("play", show);
    audio.addEventListener("seeked", show);
    audio.addEventListener("pause", show);
  }
}
