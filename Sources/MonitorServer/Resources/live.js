// The live view: the answers at a glance, warnings, each source, what was just heard.

import { get } from "./api.js";
import { openAnswers } from "./answers.js";
import { animate } from "./canvas.js";
import { button, duration, make, score, when } from "./dom.js";
import { hasSeveralModels, listen, sources, status } from "./live-data.js";
import { SourcePanel } from "./source-panel.js";
import { judgement, judgementText, verdicts } from "./verdict.js";

const rowCount = 12;
/// A browser opens six connections to a host; more pictures than this would leave none.
const pictureCount = 3;

/// What was just heard, the newest first.
class Heard {
  constructor(play) {
    this.play = play;
    this.rows = new Map();
    this.list = make("ol", { id: "events" });
    this.nothing = make("p", { class: "soft" }, "Nothing heard yet.");
    this.element = make("section", { class: "panel heard", "aria-labelledby": "heard-title" },
      make("header", null, make("h2", { id: "heard-title" }, "Just heard"), make("a", { href: "#/history" }, "all")),
      this.list, this.nothing);
  }

  show(event) {
    const known = this.rows.get(event.id);
    const row = this.row(event);
    this.rows.set(event.id, row);
    if (known) {
      // Whoever is at a control of the row with the keyboard stays there.
      const controls = (one) => [...one.querySelectorAll("button, select, a")];
      const focused = controls(known).indexOf(document.activeElement);
      known.replaceWith(row);
      if (focused >= 0) controls(row)[focused]?.focus();
    } else {
      const older = [...this.list.children].find((other) => other.event.start <= event.start);
      this.list.insertBefore(row, older ?? null);
    }
    while (this.list.children.length > rowCount) {
      this.rows.delete(this.list.lastElementChild.event.id);
      this.list.lastElementChild.remove();
    }
    this.nothing.hidden = true;
  }

  row(event) {
    const isOngoing = event.end === null;
    const where = [event.source, hasSeveralModels() ? event.model : null].filter(Boolean).join(" · ");
    const row = make("li", { class: isOngoing ? "ongoing" : null, data: { judgement: judgement(event) } },
      make("a", { class: "what", href: `#/event/${event.id}` }, event.label),
      make("time", { datetime: event.start }, when(event.start)),
      make("p", { class: "soft" },
        [where, isOngoing ? "now" : duration(event.duration_s), `score ${score(event.peak_score)}`,
          judgementText(event)].filter(Boolean).join(" · ")),
      make("p", { class: "acts" },
        event.clip ? button("▶", () => this.play(event), { class: "small", "aria-label": `Play ${event.label}, ${when(event.start)}` }) : null,
        isOngoing ? null : verdicts(event, (now) => this.show(now))));
    row.event = event;
    return row;
  }
}

/// What the service warns of, in its own words.
function showWarnings(list) {
  if (status === null) return;
  const { database, warnings } = status;
  const troubles = database.fault === null ? warnings
    : [`${database.fault} ${database.spooled_events} safe in the spool and ${database.waiting_events} in memory wait to be written.`,
      ...warnings];
  const texts = troubles.join("\n");
  if (list.dataset.texts === texts) return;
  list.dataset.texts = texts;
  list.replaceChildren(...troubles.map((text) => make("li", null, text)));
}

export function open(root, { play }) {
  root.append(make("h1", { class: "unseen" }, "Live"));
  const closeAnswers = openAnswers(root);
  const warnings = make("ul", { class: "warnings", "aria-label": "Warnings" });
  const panels = make("section", { class: "sources", "aria-label": "Sources" });
  const heard = new Heard(play);
  root.append(warnings, make("div", { class: "stage" }, panels, heard.element));
  const shown = new Map();
  const showSources = () => {
    showWarnings(warnings);
    for (const source of sources.values()) {
      if (shown.has(source.name)) continue;
      const panel = new SourcePanel(source, shown.size < pictureCount);
      shown.set(source.name, panel);
      panels.append(panel.element);
    }
    panels.classList.toggle("several", shown.size > 1);
  };
  const showPast = async () => {
    try {
      const { events } = await get("v1/events", { limit: rowCount });
      events.forEach((event) => heard.show(event));
      showProblemOfPast("");
    } catch (error) {
      showProblemOfPast(`What was heard before is not shown yet: ${error.message}`);
      timer = setTimeout(showPast, 2000);
    }
  };
  let timer = null;
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  heard.element.prepend(problem);
  const showProblemOfPast = (text) => {
    problem.textContent = text;
    problem.hidden = text === "";
  };
  showSources();
  for (const source of sources.values()) for (const event of source.events.values()) heard.show(event);
  showPast();
  const stop = [
    listen(["status", "level"], showSources),
    listen(["event"], (event) => heard.show(event)),
    listen(["clip"], ({ id, clip }) => {
      const event = heard.rows.get(id)?.event;
      if (event) heard.show({ ...event, clip });
    }),
    listen(["resumed"], showPast),
    animate((now) => { for (const panel of shown.values()) panel.draw(now); }),
  ];
  return () => {
    clearTimeout(timer);
    stop.forEach((act) => act());
    closeAnswers();
    for (const panel of shown.values()) panel.close();
  };
}
