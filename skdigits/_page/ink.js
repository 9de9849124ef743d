"use strict";
// Mirrors skdigits/_imaging/ink.py: the foreground of a picture, and the digit in it.

const MIN_CONTRAST = 0.05;
const DIGIT_WEIGHT = 0.2;
const DIGIT_HEIGHT = 0.45;
const LEAST_HEIGHT = 8;
const SPECK = 1 / 16;
const REACH = 0.4;
const OVERLAP = 0.16;

/** Segment the digit: remove background, shadows, specks and frame lines. */
function findInk(gray, { polarity = "auto", threshold = "otsu", boxSize = 20 } = {}) {
  const ink = brightInk(withoutBands(gray), polarity);
  let level = inkThreshold(ink, threshold);
  let { background, noise } = backgroundLevel(ink, level);
  if (threshold === "otsu" && !standsOut(ink, level, background, noise)) {
    // Little foreground: the level has split the noise of the background in two.
    ({ background, noise } = backgroundLevel(ink, Infinity));
    const lowest = background + Math.max(5 * noise, MIN_CONTRAST);
    const tail = valuesBetween(ink.data, lowest, Infinity);
    level = tail.length ? levelOfTail(tail, background) : Infinity;
  }
  subtract(ink, background);
  level -= background;
  const strokes = isAbove(ink, level);
  const window = inkWindow(strokes);
  if (!window || meanAbove(ink.data, level).mean < MIN_CONTRAST) {
    const mask = grid(ink.height, ink.width, new Uint8Array(ink.data.length));
    return { ink, mask, level: 0, nDigits: 0 };
  }
  const scale = Math.max(...sidesOf(window)) / boxSize;
  const low = Math.min(
    Math.max(3 * noise, level * (1 - 1 / Math.max(scale, 1))), level);
  return { ink, level, ...digitMask(ink, isAbove(ink, low), strokes) };
}

/** Tell whether what is above a level is more than background noise. */
function standsOut(ink, level, background, noise) {
  const strokes = meanAbove(ink.data, level);
  return strokes.count > 0
    && strokes.mean - background > Math.max(6 * noise, MIN_CONTRAST);
}

/** A level for pixels that all stand out but may not all be foreground. */
function levelOfTail(tail, background) {
  const lowest = least(tail);
  const raised = grid(1, tail.length, tail.map((value) => value - lowest));
  const level = lowest + inkThreshold(raised);
  return Math.min(
    level, (background + mean(tail.filter((value) => value >= level))) / 2);
}

/** The level that separates foreground from background. */
function inkThreshold(ink, threshold = "otsu") {
  const peak = greatest(ink.data);
  if (threshold !== "otsu") return threshold * peak;
  if (peak === 0) return 0;
  const counts = new Array(256).fill(0);
  const factor = Math.fround(255 / peak);
  for (let i = 0; i < ink.data.length; i++) {
    counts[Math.floor(Math.fround(Math.fround(ink.data[i] * factor) + 0.5))]++;
  }
  const below = thresholdOtsu(counts);
  // If no value lies between the groups, take the middle of the gap.
  const step = 1 + Math.max(
    counts.slice(below + 1).findIndex((count) => count > 0), 0);
  return ((below + step / 2) * peak) / 255;
}

/** The level of the background and the spread of its noise. */
function backgroundLevel(ink, level) {
  const values = valuesBetween(ink.data, -Infinity, level);
  const background = select(values, values.length >> 1); // the upper median
  let count = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] <= background) {
      count++;
      total += (values[i] - background) ** 2;
    }
  }
  return { background, noise: Math.sqrt(total / count) };
}

/** Keep the parts of a mask that make up the digit. */
function digitMask(ink, mask, strokes) {
  const { labels, count } = label(mask);
  let weights = new Float64Array(count + 1);
  for (let i = 0; i < ink.data.length; i++) {
    if (strokes.data[i]) weights[labels.data[i]] += ink.data[i];
  }
  const windows = findObjects(labels, count);
  weights = withoutLines(weights, labels, windows, strokes);
  if (!weights.some(Boolean)) {
    return { mask: mapGrid(mask, () => 0, Uint8Array), nDigits: 0 };
  }
  if (count === 1) return { mask, nDigits: 1 };
  weights = withoutFrame(weights, labels);
  weights = withoutBoxes(weights, labels, windows);
  const heaviest = argmax(weights);
  const largest = windows[heaviest - 1];
  let extent = largest;
  weights = weights.map((weight) => weight / weights[heaviest]);
  const kept = new Uint8Array(count + 1);
  let nDigits = 0;
  const order = Array.from(weights.keys()).sort((a, b) => weights[b] - weights[a]);
  for (const part of order) {
    if (weights[part] < 1 / 500) break;
    const window = windows[part - 1];
    if (part === heaviest
      || (weights[part] >= DIGIT_WEIGHT && isAnotherDigit(window, largest))) {
      nDigits++;
      kept[part] = part === heaviest ? 1 : 0;
      continue;
    }
    const reach = weights[part] >= 1 / 25 ? REACH : 0.02;
    if (gap(extent, window) <= reach * Math.max(...sidesOf(extent))) {
      extent = union(extent, window);
      kept[part] = 1;
    }
  }
  const digit = grid(mask.height, mask.width, new Uint8Array(mask.data.length));
  for (let i = 0; i < digit.data.length; i++) digit.data[i] = kept[labels.data[i]];
  return { mask: digit, nDigits };
}

/** Set the weight of empty boxes and grids to 0, and of specks if they are left. */
function withoutLines(weights, labels, windows, strokes) {
  const left = weights.slice();
  while (left.some(Boolean)) {
    const part = argmax(left);
    const window = windows[part - 1];
    const numbers = cut(labels, window).data;
    const pixels = mapGrid(cut(strokes, window),
      (on, i) => (on && numbers[i] === part ? 1 : 0), Uint8Array);
    if (!isEmptyBox(pixels) && !isGrid(pixels, touches(window, labels))) break;
    left[part] = 0;
  }
  if (left.some(Boolean) && greatestOf(left) < greatestOf(weights)) {
    const side = Math.max(...sidesOf(windows[argmax(left) - 1]));
    const speck = SPECK * Math.max(labels.height, labels.width);
    if (side < Math.max(LEAST_HEIGHT, speck)) return weights.map(() => 0);
  }
  return left;
}

/** Tell whether a window reaches the top, bottom, left and right of a picture. */
function touches({ top, bottom, left, right }, { height, width }) {
  const [tall, wide] = [Math.floor(height / 50), Math.floor(width / 50)];
  return [top <= tall, bottom >= height - tall, left <= wide, right >= width - wide];
}

/** Tell a digit beside or far from the largest from a part of a broken one. */
function isAnotherDigit(window, largest) {
  const height = sidesOf(largest)[0];
  const side = Math.max(...sidesOf(largest));
  const isHigh = sidesOf(window)[0] >= Math.max(DIGIT_HEIGHT * height, LEAST_HEIGHT);
  return isHigh && (isBeside(window, largest) || gap(window, largest) > REACH * side);
}

/** Tell whether two windows overlap sideways no more than slanted digits do. */
function isBeside(window, largest) {
  const side = Math.max(...sidesOf(largest));
  return distance(window.left, window.right, largest.left, largest.right)
    >= -OVERLAP * side;
}

function greatestOf(weights) {
  return weights[argmax(weights)];
}

/** Set the weight of parts at the border to 0, if others can be the digit. */
function withoutFrame(weights, labels) {
  const border = sides(labels);
  const inside = weights.slice();
  for (const side of border) for (const part of side) inside[part] = 0;
  const [heaviest, most] = [greatestOf(weights), greatestOf(inside)];
  if (most >= heaviest / 5) return inside;
  if (most >= heaviest / 100) {
    const contacts = border.map((side) => {
      const contact = new Int32Array(weights.length);
      for (const part of side) contact[part]++;
      return contact.map((n) => (n >= 0.75 * side.length ? 1 : 0));
    });
    return weights.map(
      (weight, part) => (contacts.some((contact) => contact[part]) ? 0 : weight));
  }
  return weights;
}

/** Set the weight of boxes that are drawn around other parts to 0. */
function withoutBoxes(weights, labels, windows) {
  const found = weights.slice();
  const lightest = greatestOf(weights) / 25;
  weights.forEach((weight, part) => {
    if (weight < lightest || !weight) return;
    // A zero, even a dotted one, does not leave three quarters of both sides empty.
    const window = windows[part - 1];
    const [top, left] = sidesOf(window).map((side) => side >> 3);
    const middle = cut(labels, {
      top: window.top + top, bottom: window.bottom - top,
      left: window.left + left, right: window.right - left,
    }).data;
    if (middle.includes(part)) return;
    if (middle.some((other) => found[other] >= weight / 100)) found[part] = 0;
  });
  return found;
}

/** The larger of the horizontal and vertical gaps of two windows. */
function gap(a, b) {
  return Math.max(
    distance(a.top, a.bottom, b.top, b.bottom), distance(a.left, a.right, b.left, b.right));
}

/** How many pixels lie between two ranges, negative if they overlap. */
function distance(start, stop, otherStart, otherStop) {
  return Math.max(start, otherStart) - Math.min(stop, otherStop);
}

/** The bounding box of two windows. */
function union(a, b) {
  return {
    top: Math.min(a.top, b.top), bottom: Math.max(a.bottom, b.bottom),
    left: Math.min(a.left, b.left), right: Math.max(a.right, b.right),
  };
}

/** The bounding box of all pixels that are not 0, or null. */
function inkWindow(ink) {
  const { height, width, data } = ink;
  const window = { top: height, bottom: 0, left: width, right: 0 };
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (!data[at]) continue;
      if (y < window.top) window.top = y;
      window.bottom = y + 1;
      if (x < window.left) window.left = x;
      if (x >= window.right) window.right = x + 1;
    }
  }
  return window.bottom ? window : null;
}

function sidesOf({ top, bottom, left, right }) {
  return [bottom - top, right - left];
}
