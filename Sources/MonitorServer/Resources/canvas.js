// Canvases that fit their place, know the page's colours, and draw when there is something to draw.

import { clock, shortClock } from "./dom.js";

const colourNames = ["page", "surface", "ink", "soft", "line", "accent", "warn", "bad", "rest", "wash"];
let palette = null;
const night = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
night.addEventListener("change", () => { palette = null; });

/// The colours of the style sheet, by day or night.
export function colour(name) {
  if (palette === null) {
    const style = getComputedStyle(document.documentElement);
    palette = Object.fromEntries(
      colourNames.map((one) => [one, style.getPropertyValue(`--${one}`).trim()]));
  }
  return palette[name];
}

/// Whether the reader wants no motion.
export const wantsNoMotion = () => still.matches;

/// Prepares a canvas for drawing in CSS pixels; null while it has no size.
export function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0 || height === 0) return null;
  const density = Math.min(2, window.devicePixelRatio || 1);
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/// Calls `draw` before each picture of the screen, or twice a second for who wants no motion, until
/// the returned function is called.
export function animate(draw) {
  let isOver = false;
  let last = 0;
  const step = (now) => {
    if (isOver) return;
    if (!still.matches || now - last > 500) {
      last = now;
      draw(now);
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  return () => { isOver = true; };
}

/// Calls `draw` once before the next picture, however often it is asked for.
export function onDemand(draw) {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      draw();
    });
  };
}

/// Draws anew when the canvas gets another size or day turns into night; returns how to stop.
export function keepFitting(canvas, draw) {
  const observer = new ResizeObserver(draw);
  observer.observe(canvas);
  night.addEventListener("change", draw);
  return () => {
    observer.disconnect();
    night.removeEventListener("change", draw);
  };
}

/// Draws the clock under a box whose width is the time between two moments, in seconds.
export function drawClock(context, box, from, to) {
  const room = Math.max(2, box.width / 90);
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((one) => (to - from) / one <= room) ?? 1800;
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "top";
  context.textAlign = "center";
  context.fillStyle = colour("soft");
  const text = step < 60 ? clock : shortClock;
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    const x = box.x + ((time - from) / (to - from)) * box.width;
    if (x < box.x + 26 || x > box.x + box.width - 26) continue;
    context.fillRect(Math.round(x), box.y + box.height, 1, 4);
    context.fillText(text(new Date(time * 1000)), x, box.y + box.height + 6);
  }
}

/// A pattern of slanted lines, for time that nobody listened to.
export function hatching(context) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour("rest");
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}
