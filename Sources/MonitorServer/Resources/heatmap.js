// When in the day each sound is heard: hour by day, a small map a class.

import { colour, keepFitting, onDemand, prepare } from "./canvas.js";
import { day, make, number, plural } from "./dom.js";
import { labelOf } from "./live-data.js";
import { counts } from "./timeline-data.js";

const days = 28;
const few = 9;

/// The days that end today, oldest first, as their first moments.
function lastDays() {
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  return Array.from({ length: days }, (_, index) => {
    const one = new Date(today);
    one.setDate(one.getDate() - (days - 1 - index));
    return one;
  });
}

/// A map of one class: a row a day, a column an hour.
function map(name, cells, dates, source) {
  const label = labelOf(name);
  const total = cells.reduce((sum, one) => sum + one, 0);
  const most = Math.max(1, ...cells);
  const byHour = Array.from({ length: 24 }, (_, hour) => dates.reduce((sum, _, row) => sum + cells[row * 24 + hour], 0));
  const peak = byHour.indexOf(Math.max(...byHour));
  const canvas = make("canvas", { class: "heat", role: "img", "aria-label":
    `${label} by hour and day: ${plural(total, "event", "events")} in ${days} days, most between ${peak} and ${peak + 1} o'clock` });
  const readout = make("span", { class: "soft" }, plural(total, "event", "events"));
  const box = () => ({ x: 0, y: 0, width: canvas.clientWidth, height: canvas.clientHeight - 16 });
  const draw = onDemand(() => {
    const place = prepare(canvas);
    if (place === null) return;
    const { context } = place;
    const { width, height } = box();
    const [cellWidth, cellHeight] = [width / 24, height / days];
    for (let row = 0; row < days; row += 1) {
      for (let hour = 0; hour < 24; hour += 1) {
        const count = cells[row * 24 + hour];
        context.globalAlpha = count === 0 ? 1 : .2 + .8 * Math.sqrt(count / most);
        context.fillStyle = colour(count === 0 ? "wash" : "accent");
        context.fillRect(hour * cellWidth, row * cellHeight, cellWidth - 1, cellHeight - 1);
      }
    }
    context.globalAlpha = 1;
    context.fillStyle = colour("soft");
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "bottom";
    for (const hour of [0, 6, 12, 18]) context.fillText(String(hour), hour * cellWidth, height + 16);
  });
  canvas.addEventListener("pointermove", (event) => {
    const { width, height } = box();
    const [row, hour] = [Math.floor(event.offsetY / height * days), Math.floor(event.offsetX / width * 24)];
    if (row < 0 || row >= days || hour < 0 || hour > 23) return;
    readout.textContent = `${day(dates[row])}, ${hour}–${hour + 1}: ${number(cells[row * 24 + hour])}`;
  });
  canvas.addEventListener("pointerleave", () => { readout.textContent = plural(total, "event", "events"); });
  const stop = keepFitting(canvas, draw);
  const address = `#/history?class=${encodeURIComponent(name)}&since=30d${source ? `&source=${encodeURIComponent(source)}` : ""}`;
  return { total, stop, element: make("figure", null, make("figcaption", null, make("a", { href: address }, label), readout), canvas) };
}

/// Shows the maps of the classes that were heard most; returns how to stop.
export async function openHeatMaps(root, source) {
  const dates = lastDays();
  const index = new Map(dates.map((date, row) => [date.toDateString(), row]));
  const bins = await counts(dates[0].getTime() / 1000, Date.now() / 1000, "hour", source);
  const byClass = new Map();
  for (const bin of bins) {
    const start = new Date(bin.start);
    const row = index.get(start.toDateString());
    if (row === undefined) continue;
    if (!byClass.has(bin.class)) byClass.set(bin.class, new Array(days * 24).fill(0));
    byClass.get(bin.class)[row * 24 + start.getHours()] += bin.count;
  }
  const maps = [...byClass].map(([name, cells]) => map(name, cells, dates, source)).sort((a, b) => b.total - a.total);
  root.replaceChildren(...maps.slice(0, few).map((one) => one.element));
  if (maps.length === 0) root.append(make("p", { class: "soft" }, "Nothing was heard in the last four weeks."));
  if (maps.length > few) {
    const rest = make("button", { type: "button", class: "quiet", on: { click: () => {
      rest.replaceWith(...maps.slice(few).map((one) => one.element));
    } } }, `Show ${maps.length - few} more`);
    root.append(rest);
  }
  return () => maps.forEach((one) => one.stop());
}
