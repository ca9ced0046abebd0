// "Right", "wrong" and "it was …": what a person says of an event.

import { setLabel } from "./api.js";
import { button, make, option, say, showProblem, when } from "./dom.js";
import { knownClasses, labelOf } from "./live-data.js";

/// "right", "wrong" or "none".
export function judgement(event) {
  if (!event.user_label) return "none";
  return event.user_label.class === event.class ? "right" : "wrong";
}

/// What a person said of it in words, or null.
export function judgementText(event) {
  const label = event.user_label;
  if (!label) return null;
  if (label.class === event.class) return "right";
  return label.class === null ? "false alarm" : `it was: ${labelOf(label.class)}`;
}

/// Keeps a label; the answer is the event as it is now, or null if that failed.
export async function judge(event, className) {
  try {
    const now = await setLabel(event.id, className);
    showProblem("");
    say(`${now.label}, ${when(now.start)}: ${judgementText(now)}`);
    return now;
  } catch (error) {
    showProblem(`The label was not kept: ${error.message}`);
    return null;
  }
}

/// The buttons of an event. `onChange` gets the event as it is once the label is kept.
export function verdicts(event, onChange) {
  const group = make("span", { class: "verdicts", role: "group",
    "aria-label": `Was it ${event.label}? ${when(event.start)}` });
  const show = (now) => {
    const isSure = (className) => String(now.user_label !== undefined && now.user_label?.class === className);
    right.setAttribute("aria-pressed", isSure(now.class));
    wrong.setAttribute("aria-pressed", isSure(null));
    const other = judgement(now) === "wrong" ? now.user_label.class : null;
    was.replaceChildren(option("", "it was …", other ?? ""), ...others(now, other));
    was.value = other ?? "";
    was.classList.toggle("chosen", other !== null);
  };
  const act = async (className) => {
    const now = await judge(event, className);
    if (now === null) return;
    show(now);
    onChange?.(now);
  };
  const right = button("right", () => act(event.class), { class: "small", title: "It was this" });
  const wrong = button("wrong", () => act(null), { class: "small", title: "A false alarm" });
  const was = make("select", { class: "small", "aria-label": `It was something else than ${event.label}`,
    on: { change: () => { if (was.value !== "") act(was.value); } } });
  group.append(right, wrong, was);
  show(event);
  return group;
}

function others(event, chosen) {
  const classes = knownClasses().filter((one) => one.class !== event.class);
  if (chosen !== null && !classes.some((one) => one.class === chosen)) {
    classes.unshift({ class: chosen, label: labelOf(chosen) });
  }
  return classes.map((one) => option(one.class, one.label, chosen ?? ""));
}
