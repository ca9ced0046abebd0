// The sounds: each class with its rule, how often it is heard and right, and its threshold, tried on
// the last week before it is kept.

import { get, has, query, send, setThreshold, thresholdPath, tryThreshold } from "./api.js";
import { button, duration, make, number, percent, plural, say, score, showProblem } from "./dom.js";
import { hasSeveralModels, keyOf, loadThresholds, putThreshold, thresholds } from "./live-data.js";

const days = 7;
const canTry = has("GET /v1/thresholds/{class}/try");

/// A row of the table: what is known of a class, its threshold, and what another would have meant.
class SoundRow {
  constructor(threshold, sound) {
    this.threshold = threshold;
    this.slider = make("input", { type: "range", min: "0", max: "1", step: "0.01", value: String(threshold.on),
      "aria-label": `Threshold of ${threshold.label}`, on: { input: () => this.change() } });
    this.value = make("output", null, score(threshold.on));
    this.would = make("p", { class: "would soft", role: "status" });
    this.save = button("Save", () => this.keep(), { class: "small main", hidden: true });
    this.cancel = button("Cancel", () => this.show(this.threshold), { class: "small", hidden: true });
    this.reset = button("Reset", () => this.restore(), { class: "small quiet", title: `Back to what ${threshold.model} or the configuration says` });
    const name = hasSeveralModels() ? `${threshold.label} · ${threshold.model}` : threshold.label;
    const since = `#/history${query({ class: threshold.class, since: "1w" })}`;
    this.state = make("td");
    this.element = make("tr", { data: { class: threshold.class } },
      make("th", { scope: "row" }, make("a", { href: since }, name)), this.state,
      make("td", { class: "number", data: { name: "a day" } }, sound ? number(sound.events_per_day, sound.events_per_day < 10 ? 1 : 0) : ""),
      make("td", { data: { name: "checked" } }, sound ? this.checked(sound) : ""),
      make("td", { class: "rule soft" }, this.rule(sound)),
      make("td", { class: "set acts" }, make("div", { class: "slide" }, this.slider, this.value, this.save, this.cancel, this.reset), this.would));
    this.show(threshold);
  }

  /// The share of what was checked that was wrong.
  checked({ right, wrong }) {
    const all = right + wrong;
    if (all === 0) return "";
    const share = 100 * wrong / all;
    return make("span", { class: share > 20 ? "badge warn" : "" }, `${percent(share, 0)} of ${number(all)} wrong`);
  }

  rule(sound) {
    const rule = sound?.rule ?? {};
    return [rule.min_duration_s ? `at least ${duration(rule.min_duration_s)}` : null,
      rule.merge_gap_s ? `joined within ${duration(rule.merge_gap_s)}` : null,
      rule.smoothing_windows > 1 ? `mean of ${number(rule.smoothing_windows)} windows` : null,
      rule.confirmation_hits > 1 ? `in ${number(rule.confirmation_hits)} of ${number(rule.confirmation_windows)} windows` : null,
      rule.cool_down_s > 0 ? `then ${duration(rule.cool_down_s)} of rest` : null].filter(Boolean).join(", ");
  }

  get on() {
    return Number(this.slider.value);
  }

  /// Whether something of it was set by command, on this page or elsewhere.
  get isSet() {
    return this.threshold.origin === "set by command" || this.threshold.switched;
  }

  /// Shows what is in force.
  show(threshold) {
    this.stopTrying();
    this.threshold = threshold;
    this.slider.value = String(threshold.on);
    this.value.textContent = score(threshold.on);
    this.save.hidden = this.cancel.hidden = true;
    this.reset.hidden = !this.isSet;
    this.state.replaceChildren(this.switch());
  }

  switch() {
    const { reported, label, switchable } = this.threshold;
    const text = reported ? "on" : "off";
    if (!switchable) return make("span", { class: reported ? "badge" : "badge off" }, text);
    return button(text, async () => {
      try {
        putThreshold(await send("PUT", thresholdPath(this.threshold), { reported: !reported }));
        this.show(thresholds.get(keyOf(this.threshold.model, this.threshold.class)));
        this.state.querySelector("button")?.focus();
        say(`${label} is ${this.threshold.reported ? "on" : "off"}`);
        showProblem("");
      } catch (error) {
        showProblem(`${label} was not switched: ${error.message}`);
      }
    }, { class: "small", role: "switch", "aria-checked": String(reported), "aria-label": `${label} is reported` });
  }

  /// Asks what another threshold would have meant, once the slider rests.
  change() {
    this.value.textContent = score(this.on);
    const isOther = this.on !== this.threshold.on;
    this.save.hidden = this.cancel.hidden = !isOther;
    this.reset.hidden = isOther || !this.isSet;
    this.stopTrying();
    if (isOther && canTry) this.timer = setTimeout(() => this.try(), 250);
  }

  stopTrying() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.would.textContent = "";
  }

  async try() {
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const found = await tryThreshold(this.threshold, this.on, days, signal);
      if (!signal.aborted) this.would.textContent = this.comparison(found);
    } catch (error) {
      if (!signal.aborted) this.would.textContent = error.message;
    }
  }

  /// What another threshold would have changed, as "Last 7 days: 12 → 31 events (+19, −0)".
  comparison(found) {
    if (found.scored_s === 0) return `No scores of the last ${days} days are stored: what it would have changed is not known.`;
    const changes = `(+${number(found.come_count)}, −${number(found.go_count)})`;
    return [`Last ${days} days: ${number(found.was)} → ${plural(found.would_be, "event", "events")} ${changes}`,
      ...found.remarks].join(". ");
  }

  async keep() {
    await this.force(() => setThreshold(this.threshold, this.on));
  }

  async restore() {
    await this.force(() => send("DELETE", thresholdPath(this.threshold)));
  }

  async force(act) {
    try {
      const now = await act();
      putThreshold(now);
      this.show(now);
      showProblem("");
      say(`${now.label}: threshold ${score(now.on)}`);
      this.slider.focus();
    } catch (error) {
      showProblem(`The threshold was not set: ${error.message}`);
    }
  }
}

export function open(root) {
  const body = make("tbody", { id: "thresholds" });
  const count = make("p", { role: "status" }, "looking …");
  const search = make("input", { type: "search", id: "sound-search", placeholder: "find a sound", "aria-label": "Find a sound",
    on: { input: () => showFound() } });
  const showFound = () => {
    for (const row of body.children) {
      row.hidden = !row.textContent.toLowerCase().includes(search.value.toLowerCase());
    }
  };
  root.append(
    make("header", null, make("h1", { id: "sounds-title" }, "Sounds"), count, search),
    make("section", { class: "panel" }, make("p", { class: "soft intro" },
      "An event opens where the score reaches the threshold. A change is in force at once, and lasts. A sound that is off is listened for, but not reported."),
    make("table", { class: "cards sounds", "aria-labelledby": "sounds-title" },
      make("thead", null, make("tr", null, make("th", { scope: "col" }, "Sound"), make("th", { scope: "col" }, "Reported"),
        make("th", { scope: "col", class: "number" }, "Events a day"),
        ["Checked", "Rule", "Threshold"].map((name) => make("th", { scope: "col" }, name)))), body)));
  let isOpen = true;
  const load = async () => {
    try {
      await loadThresholds();
      const found = has("GET /v1/sounds") ? await get("v1/sounds", { days }) : { sounds: [] };
      if (!isOpen) return;
      const byKey = new Map(found.sounds.map((sound) => [keyOf(sound.model, sound.class), sound]));
      const often = (threshold) => byKey.get(keyOf(threshold.model, threshold.class))?.events_per_day ?? 0;
      const sorted = [...thresholds.values()].sort((a, b) =>
        Number(b.reported) - Number(a.reported) || often(b) - often(a) || a.label.localeCompare(b.label));
      body.replaceChildren(...sorted.map((threshold) =>
        new SoundRow(threshold, byKey.get(keyOf(threshold.model, threshold.class))).element));
      count.textContent = `${plural(sorted.filter((one) => one.reported).length, "sound is", "sounds are")} reported, of ${number(sorted.length)} that are known`;
      showFound();
    } catch (error) {
      count.textContent = `The service does not answer: ${error.message}`;
    }
  };
  load();
  return () => { isOpen = false; };
}
