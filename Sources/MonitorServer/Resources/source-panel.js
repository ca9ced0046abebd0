// A source on the live view: its picture, level, scores, why nothing was reported, live sound.

import { has } from "./api.js";
import { button, isSilence, make, number, plural, score, when } from "./dom.js";
import { Curves } from "./scores.js";
import { Listening } from "./listen.js";
import { labelOf, listen, status } from "./live-data.js";
import { Picture } from "./picture.js";

const stateWords = {
  opening: "opening the device", listening: "listening", gated: "listening, quiet now", absent: "no microphone",
  fault: "faulty sound", ended: "over",
};
/// What to do where the reason does not say it.
const advice = {
  absent: "Check the cable, and 'earwitness devices' for its name. It is tried again by itself.",
  fault: "Check the microphone's cable, mute switch and gain. 'earwitness doctor' says more.",
};
const stageWords = {
  gate: "too quiet for the gate", threshold: "below the threshold", duration: "too short",
  confirmation: "not confirmed by the next windows", cooldown: "too soon after the last one",
  second_opinion: "the second model disagreed", suppressed: "another sound that goes before it", off: "this sound is switched off",
};

export class SourcePanel {
  /// - hasPicture: whether the spectrogram is followed, which takes a connection.
  constructor(source, hasPicture) {
    this.source = source;
    this.hasPicture = hasPicture;
    this.state = make("p", { class: "state" });
    this.fault = make("p", { class: "fault", role: "alert", hidden: true });
    this.readout = make("p", { class: "readout", "aria-hidden": "true" });
    const canvas = make("canvas", { class: "picture", role: "img", "aria-label":
      `Spectrogram and level of the last minute, ${source.name}, with the events over it` });
    this.picture = new Picture(source, canvas, this.readout);
    this.level = make("p", { class: "level" });
    this.weighted = make("p", { class: "weighted" });
    this.curves = new Curves(source);
    this.why = make("ol", { class: "why-list" });
    this.whyNothing = make("p", { class: "soft" },
      "Nothing came near its threshold since this page was opened. What does will stand here with the reason why it was not reported.");
    this.listening = new Listening(source.name, () => this.showSound());
    this.sound = button("Listen", () => this.listening.toggle(), { class: "small listen", hidden: true, "aria-pressed": "false" });
    const why = make("details", { class: "why" }, make("summary", null, "Why nothing?"), this.why, this.whyNothing);
    why.open = true;
    if (!has("GET /v1/spectrogram")) {
      why.hidden = true;
      canvas.classList.add("level-only");
    }
    this.element = make("article", { class: "panel source", "aria-label": source.name },
      make("header", null, make("h3", null, source.name), this.state, this.sound), this.fault,
      make("div", { class: "scope" }, canvas, this.readout),
      make("div", { class: "levels" }, this.level, this.weighted), this.curves.element, why);
    this.stop = [
      listen(["status"], () => this.showState()),
      listen(["level"], (message) => { if (message.source === source.name) this.showLevel(); }),
      listen(["near"], (message) => { if (message.source === source.name) this.showWhy(); }),
      listen(["thresholds"], (threshold) => this.curves.follow(threshold)),
    ];
    this.arranged = 0;
    this.drawn = 0;
    this.showState();
    this.showLevel();
    this.showWhy();
    this.onVisibility = () => this.onScreen(!document.hidden);
    document.addEventListener("visibilitychange", this.onVisibility);
    this.onVisibility();
  }

  /// Follows the picture only while it can be seen.
  onScreen(isSeen) {
    if (isSeen && this.hasPicture) this.picture.open(); else this.picture.close();
  }

  /// Draws the moment; curves need no more than a few pictures a second.
  draw(now) {
    this.picture.draw();
    if (now - this.drawn > 200) {
      this.drawn = now;
      this.curves.draw();
    }
    if (now - this.arranged > 4000) {
      this.arranged = now;
      this.curves.arrange();
    }
  }

  showState() {
    const state = this.source.status;
    if (state === null) return;
    this.element.dataset.state = state.state;
    const lost = state.lost_samples > 0 ? ` · ${plural(state.lost_samples, "sample", "samples")} lost` : "";
    const slow = state.hop_stride > 1 ? ` · machine too slow: every ${state.hop_stride}th window` : "";
    this.state.textContent = `${stateWords[state.state] ?? state.state} · ${state.device}${lost}${slow}`;
    const isBad = ["absent", "fault"].includes(state.state);
    const text = isBad ? `${state.reason ?? stateWords[state.state]}. ${advice[state.state]}`.replace("..", ".") : "";
    if (this.fault.textContent !== text) this.fault.textContent = text;
    this.fault.hidden = !isBad;
    this.showSound();
  }

  showLevel() {
    this.element.dataset.gate = this.source.level?.gate ?? "closed";
    this.level.textContent = this.picture.levelText;
    const sound = this.source.level?.sound_level;
    if (!sound) {
      this.weighted.textContent = "";
      return;
    }
    // Without a calibration the unit is dBFS, and nobody takes it for sound pressure.
    const text = (name, value) => isSilence(value) ? `${name} –` : `${name} ${number(value, 1)} ${sound.unit}`;
    const minute = (sound.last_minute ?? this.source.status?.sound_level?.last_minute) ?? null;
    this.weighted.textContent = text("LAF", sound.laf) +
      (minute === null ? "" : ` · ${text("LAeq,1min", minute.laeq)} · ${text("max", minute.lafmax)}`);
  }

  /// What came near, and by which stage it was not reported.
  showWhy() {
    const list = this.source.near.slice(0, 8);
    this.whyNothing.hidden = list.length > 0;
    this.why.replaceChildren(...list.map((near) => make("li", { data: { stage: near.stage } },
      make("time", { datetime: near.time }, when(near.time)),
      make("strong", null, near.label ?? labelOf(near.class)),
      make("span", null, near.reason ?? `${score(near.peak)}, needs ${score(near.threshold)}`),
      make("em", null, stageWords[near.stage] ?? near.stage))));
  }

  showSound() {
    const isAllowed = has("GET /v1/listen") && (status?.listen_live ?? 0) > 0;
    this.sound.hidden = !isAllowed;
    this.sound.textContent = this.listening.isOn ? "Stop listening" : "Listen";
    this.sound.setAttribute("aria-pressed", String(this.listening.isOn));
  }

  close() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.stop.forEach((act) => act());
    this.listening.stop();
    this.picture.close();
  }
}
