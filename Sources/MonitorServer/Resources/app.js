// The frame of the page: which view is open, the connection, who listens, the player.

import { byId, make, plural, showProblem, when } from "./dom.js";
import { connection, listen, loadStatus, loadThresholds, start, status } from "./live-data.js";
import { signIn } from "./sign-in.js";
import * as live from "./live.js";
import * as history from "./history.js";
import * as timeline from "./timeline.js";
import * as event from "./event.js";
import * as review from "./review.js";
import * as sounds from "./sounds.js";
import * as system from "./system.js";

const views = { live, history, timeline, event, review, sounds, system };
const titles = {
  live: "Live", history: "History", timeline: "Timeline", event: "Event", review: "Review",
  sounds: "Sounds", system: "System",
};
let close = null;

/// What the address asks for: `#/history?class=cat` is the view `history` with a class.
function route() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/");
  return { name: name in views ? name : "live", rest, values: new URLSearchParams(query ?? "") };
}

function open() {
  const { name, rest, values } = route();
  close?.();
  close = null;
  document.title = `${titles[name]} – Earwitness`;
  for (const link of document.querySelectorAll("#nav a")) {
    const isOpen = link.dataset.view === (name === "event" ? "history" : name);
    if (isOpen) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  const root = make("div", { class: `view ${name}` });
  byId("view").replaceChildren(root);
  showProblem("");
  close = views[name].open(root, { rest, values, play });
}

/// Plays the clip of an event; a second time stops it.
function play(event) {
  const audio = byId("audio");
  const address = `v1/events/${event.id}/clip`;
  if (!audio.paused && audio.getAttribute("src") === address) {
    audio.pause();
    return;
  }
  byId("player").hidden = false;
  byId("playing").textContent = `${event.label}, ${when(event.start)}`;
  audio.setAttribute("src", address);
  audio.play().catch((error) => {
    if (error.name !== "AbortError") byId("playing").textContent = `Not played: ${error.message}`;
  });
}

function showConnection() {
  byId("connection").dataset.state = connection;
  byId("connection").textContent =
    { live: "live", lost: "not connected; trying again", waiting: "connecting…" }[connection];
}

/// Whoever listens to the live sound is seen by everybody.
function showListeners() {
  const count = (status?.sources ?? []).reduce((sum, source) => sum + (source.listeners ?? 0), 0);
  byId("listeners").hidden = count === 0;
  byId("listeners").textContent = count === 0 ? "" : `${plural(count, "person listens", "people listen")} live`;
}

async function begin() {
  listen(["connection"], showConnection);
  listen(["status"], showListeners);
  byId("player-close").addEventListener("click", () => {
    byId("audio").pause();
    byId("player").hidden = true;
  });
  await signIn();
  const wait = new Promise((done) => setTimeout(done, 1500));
  // What is heard is shown all the same while these are not answered.
  await Promise.race([wait, Promise.allSettled([loadStatus(), loadThresholds()])]);
  start();
  window.addEventListener("hashchange", () => {
    open();
    byId("view").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  });
  open();
}

begin();
