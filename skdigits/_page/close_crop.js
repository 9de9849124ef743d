"use strict";
// Mirrors skdigits/_imaging/close_crop.py: tightly cropped digits.

const WHOLE = 0.9;
const SPLIT = 0.8;
const STROKE_DEPTH = 0.13;
const HOLE_DEPTH = 0.35;

/** Tell what lies around a tightly cropped digit from a digit. */
function isAroundDigit(part) {
  const area = sum(part.data);
  if (area === 0 || area === part.data.length) return false;
  const rest = components(mapGrid(part, (on) => (on ? 0 : 1), Uint8Array));
  const largest = argmax(rest.sizes);
  if (rest.sizes[largest] < WHOLE * sum(rest.sizes)) return false;
  if (!sides(rest.labels).every((side) => side.includes(largest))) return false;
  const { sizes, labels } = components(part);
  if (Math.max(...sizes) > SPLIT * sum(sizes)) return false;
  const depths = depthsOf(part);
  if (greatest(depths) <= STROKE_DEPTH * Math.min(part.height, part.width)) return false;
  const outer = new Set(sides(labels).flat());
  const deepest = new Float64Array(sizes.length);
  labels.data.forEach((number, i) => {
    if (number && depths[i] > deepest[number]) deepest[number] = depths[i];
  });
  return sizes.every((size, number) => number === 0 || outer.has(number)
    || deepest[number] >= HOLE_DEPTH * Math.sqrt(size));
}

/** Sizes of the connected components, 0 at first, and their labels. */
function components(part) {
  const { labels, count } = label(part);
  const sizes = new Array(count + 1).fill(0);
  for (const number of labels.data) if (number) sizes[number]++;
  return { sizes, labels };
}

/** Distances to the nearest pixel outside; beyond the border the corners continue. */
function depthsOf(part) {
  const { height, width } = part;
  const wide = padGrid(part, 1);
  const row = (y) => clip(y - 1, 0, height - 1) * width;
  for (let y = 0; y < wide.height; y++) {
    for (let x = 0; x < wide.width; x++) {
      wide.data[y * wide.width + x] = part.data[row(y) + clip(x - 1, 0, width - 1)];
    }
  }
  return cut(distanceTransform(wide),
    { top: 1, bottom: height + 1, left: 1, right: width + 1 }).data;
}
