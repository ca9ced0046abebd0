// A log-mel spectrogram on a canvas: columns in a ring, drawn between two times.

/// Lightness rises evenly from dark to light, so that it is read without telling colours apart.
const stops = [
  [9, 17, 20], [12, 38, 43], [14, 62, 63], [19, 88, 79], [38, 116, 88], [77, 143, 92],
  [126, 167, 94], [180, 190, 104], [228, 214, 130], [255, 244, 190],
];

/// 256 colours of the map, each red, green, blue.
const colours = Array.from({ length: 256 }, (_, index) => {
  const place = (index / 255) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  return stops[low].map((from, part) =>
    Math.round(from + (stops[low + 1][part] - from) * (place - low)));
});

/// The lowest frequencies at which the axis has a mark, in Hz.
const marks = [125, 250, 500, 1000, 2000, 4000, 8000, 16000];
export const hertz = (value) => value >= 1000 ? `${value / 1000} kHz` : `${value} Hz`;

export class Spectrogram {
  /// - head: the first line of the service's answer.
  /// - seconds: how much is kept.
  constructor(head, seconds) {
    this.head = head;
    this.rate = head.columns_per_s;
    this.size = Math.ceil(seconds * this.rate) + 4;
    this.levels = new Uint8Array(this.size * head.bands);
    this.filled = new Uint8Array(this.size);
    this.last = null;
    this.low = 255;
    this.high = 0;
    this.picture = document.createElement("canvas");
    this.picture.width = this.size;
    this.picture.height = head.bands;
    this.context = this.picture.getContext("2d");
    this.column = this.context.createImageData(1, head.bands);
  }

  /// When the newest column ends, in seconds since 1970; 0 before the first.
  get end() {
    return this.last === null ? 0 : (this.last + 1) / this.rate;
  }

  push(columns) {
    for (const { time, levels } of columns) {
      const index = Math.round(time * this.rate);
      if (this.last !== null && index <= this.last - this.size) continue;
      // Columns that a slow client has lost are empty, not those of a minute ago.
      for (let gap = Math.max((this.last ?? index) + 1, index - this.size + 1); gap < index; gap += 1) {
        this.clear(gap);
      }
      const place = index % this.size;
      this.levels.set(levels, place * this.head.bands);
      this.filled[place] = 1;
      this.last = Math.max(this.last ?? index, index);
      if (!this.widen(levels)) this.paint(place);
    }
  }

  clear(index) {
    const place = index % this.size;
    this.filled[place] = 0;
    this.context.clearRect(place, 0, 1, this.head.bands);
  }

  /// Widens the range of levels that colours stand for; whether all was painted anew.
  widen(levels) {
    const sorted = Uint8Array.from(levels).sort();
    const low = sorted[sorted.length >> 3];
    const high = sorted[sorted.length - 1];
    // At least 45 dB from dark to light, so that the noise of a quiet room stays dark.
    const least = 45 / this.head.step_db;
    if (low >= this.low && high <= this.high) return false;
    const margin = 3 / this.head.step_db;
    this.low = Math.max(0, Math.min(this.low, low - (low < this.low ? margin : 0)));
    this.high = Math.max(this.high, Math.min(255, high + (high > this.high ? margin : 0)), this.low + least);
    for (let place = 0; place < this.size; place += 1) if (this.filled[place]) this.paint(place);
    return true;
  }

  paint(place) {
    const { bands } = this.head;
    const scale = 255 / (this.high - this.low);
    const data = this.column.data;
    for (let band = 0; band < bands; band += 1) {
      const level = (this.levels[place * bands + band] - this.low) * scale;
      const colour = colours[Math.max(0, Math.min(255, Math.round(level)))];
      // The lowest band is at the bottom.
      const at = (bands - 1 - band) * 4;
      data[at] = colour[0];
      data[at + 1] = colour[1];
      data[at + 2] = colour[2];
      data[at + 3] = 255;
    }
    this.context.putImageData(this.column, place, 0);
  }

  /// Draws what lies between two times into a box, on a ground that shows where nothing is.
  draw(context, box, from, to, ground) {
    context.fillStyle = ground;
    context.fillRect(box.x, box.y, box.width, box.height);
    if (this.last === null) return;
    const perColumn = box.width / ((to - from) * this.rate);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    let index = Math.max(Math.floor(from * this.rate), this.last - this.size + 1);
    const until = Math.min(Math.ceil(to * this.rate), this.last + 1);
    while (index < until) {
      const place = index % this.size;
      const count = Math.min(until - index, this.size - place);
      context.drawImage(
        this.picture, place, 0, count, this.head.bands,
        box.x + (index - from * this.rate) * perColumn, box.y, count * perColumn, box.height);
      index += count;
    }
    context.restore();
  }

  /// Where a frequency is in a box, counted from its top.
  y(frequency, height) {
    const bands = this.head.frequencies_hz;
    let above = bands.findIndex((centre) => centre >= frequency);
    if (above < 0) above = bands.length;
    const low = bands[Math.max(0, above - 1)];
    const high = bands[Math.min(bands.length - 1, above)];
    const share = high > low ? (frequency - low) / (high - low) : 0;
    const band = Math.max(0, above - 1) + share;
    return height * (1 - (band + 0.5) / bands.length);
  }

  /// What is at a place of a box: the centre of the band in Hz and its level in dB, or null.
  at(time, y, height) {
    const band = Math.floor((1 - y / height) * this.head.bands);
    const index = Math.floor(time * this.rate);
    if (this.last === null || index > this.last || index <= this.last - this.size) return null;
    if (band < 0 || band >= this.head.bands || !this.filled[index % this.size]) return null;
    const level = this.levels[(index % this.size) * this.head.bands + band];
    return {
      frequency: this.head.frequencies_hz[band],
      level: this.head.floor_db + this.head.step_db * level,
    };
  }

  /// Draws the marks of the frequency axis left of a box.
  drawAxis(context, box, colour) {
    const bands = this.head.frequencies_hz;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const mark of marks) {
      if (mark < bands[0] * 0.95 || mark > bands[bands.length - 1]) continue;
      const y = box.y + this.y(mark, box.height);
      context.fillStyle = colour;
      context.fillText(hertz(mark), box.x - 6, Math.max(box.y + 6, y));
      context.fillStyle = "rgba(255,255,255,.16)";
      context.fillRect(box.x, Math.round(y), box.width, 1);
    }
  }
}
