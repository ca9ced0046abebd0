// Live sound: the service's endless WAV, played by WebAudio as it comes.

import { query } from "./api.js";
import { showProblem } from "./dom.js";

/// Sound waits so many seconds before it is played, so that late packets leave no hole.
const delay = .4;
const headerLength = 44;

export class Listening {
  constructor(source, onChange) {
    this.source = source;
    this.onChange = onChange;
    this.abort = null;
  }

  get isOn() {
    return this.abort !== null;
  }

  toggle() {
    if (this.isOn) this.stop(); else this.start();
  }

  stop() {
    this.abort?.abort();
    this.abort = null;
    this.audio?.close();
    this.audio = null;
    this.onChange();
  }

  async start() {
    const abort = this.abort = new AbortController();
    const audio = this.audio = new AudioContext();
    this.onChange();
    try {
      const response = await fetch(`v1/listen${query({ source: this.source })}`, { signal: abort.signal });
      if (!response.ok) throw new Error((await response.json()).error.message);
      await this.play(response.body.getReader(), audio);
      throw new Error("the service ended it.");
    } catch (error) {
      if (error.name !== "AbortError") showProblem(`Live sound stopped: ${error.message}`);
    }
    if (this.abort === abort) this.stop();
  }

  /// Plays 16-bit mono samples one after the other; after a pause it begins with a delay again.
  async play(reader, audio) {
    let rate = 0;
    let rest = new Uint8Array(0);
    let next = 0;
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      let all = new Uint8Array(rest.length + value.length);
      all.set(rest);
      all.set(value, rest.length);
      if (rate === 0) {
        if (all.length < headerLength) {
          rest = all;
          continue;
        }
        rate = new DataView(all.buffer).getUint32(24, true);
        all = all.slice(headerLength);
      }
      const count = all.length >> 1;
      rest = all.slice(count * 2);
      if (count === 0) continue;
      const buffer = audio.createBuffer(1, count, rate);
      const samples = buffer.getChannelData(0);
      const view = new DataView(all.buffer, all.byteOffset);
      for (let at = 0; at < count; at += 1) samples[at] = view.getInt16(2 * at, true) / 32768;
      const player = audio.createBufferSource();
      player.buffer = buffer;
      player.connect(audio.destination);
      if (next < audio.currentTime) next = audio.currentTime + delay;
      player.start(next);
      next += buffer.duration;
    }
  }
}
