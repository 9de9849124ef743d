"use strict";
// Mirrors skdigits/_imaging/bands.py: bands that are lighter or darker than the paper.

const BAND_STRAIGHT = 0.65;
const STEP = 0.4;
const SOFT = 1 / 100;
const EXTREME = 0.15;
const LEAST_PANEL = 0.4;
const LEAST_INK = 0.02;

/** Invert bands of the opposite tone along the sides of a picture. */
function withoutBands(gray) {
  for (const turned of [false, true]) { // left and right, above and below
    const lines = turned ? transpose(gray) : gray;
    const [start, stop] = findPanel(lines);
    if (stop - start < lines.width) {
      const inverted = invertBands(lines, start, stop);
      gray = turned ? transpose(inverted) : inverted;
    }
  }
  return gray;
}

/** The columns of the panel with the digit; all if there are no bands. */
function findPanel(gray) {
  const { width } = gray;
  const black = least(gray.data);
  const white = greatest(gray.data);
  const lowest = STEP * (white - black);
  const { edges, reach } = findEdges(gray, lowest);
  if (!edges.length) return [0, width]; // as in most pictures
  const middle = Math.floor(width / 2);
  const before = edges.filter((x) => x < middle);
  const after = edges.filter((x) => x >= middle);
  let start = before.length ? before.at(-1) + reach : 0;
  let stop = after.length ? after[0] + 1 : width;
  if (stop - start < LEAST_PANEL * width) return [0, width];
  const background = median(columnsOf(gray, start, stop).data);
  if (Math.min(background - black, white - background) > EXTREME * (white - black)) {
    return [0, width];
  }
  const differs = (band) => Math.abs(median(band.data) - background) >= lowest;
  // Beyond a ruling there is the same paper.
  if (start && !differs(columnsOf(gray, 0, start))) start = 0;
  if (stop < width && !differs(columnsOf(gray, stop, width))) stop = width;
  const panel = columnsOf(gray, start, stop);
  const ink = mapGrid(
    panel, (value) => (Math.abs(value - background) > lowest ? 1 : 0), Uint8Array);
  const [top, bottom, left, right] = sides(ink).map((side) => side.some(Boolean));
  const atBorder = top || bottom || (!start && left) || (stop === width && right);
  return mean(ink.data) >= LEAST_INK && !atBorder ? [start, stop] : [0, width];
}

/** The columns in which edges of bands begin, and how many they take. */
function findEdges({ height, width, data }, lowest) {
  const reach = Math.max(Math.round(SOFT * width), 1);
  const isStep = (x, y) =>
    Math.abs(data[y * width + x + reach] - data[y * width + x]) > lowest;
  const edges = [];
  for (let x = 0; x < width - reach; x++) {
    if (!isStep(x, 0) || !isStep(x, height - 1)) continue;
    let count = 0;
    for (let y = 0; y < height; y++) count += isStep(x, y);
    if (count > BAND_STRAIGHT * height) edges.push(x);
  }
  return { edges, reach };
}

/** Invert what is beside the panel, about its median. */
function invertBands(gray, start, stop) {
  const background = median(columnsOf(gray, start, stop).data);
  const inverted = mapGrid(gray, (value) => value);
  for (const [left, right] of [[0, start], [stop, gray.width]]) {
    if (left === right) continue;
    const total = background + median(columnsOf(gray, left, right).data);
    for (let y = 0; y < gray.height; y++) {
      for (let i = y * gray.width + left; i < y * gray.width + right; i++) {
        inverted.data[i] = total - gray.data[i];
      }
    }
  }
  return inverted;
}

function columnsOf(gray, left, right) {
  return cut(gray, { top: 0, bottom: gray.height, left, right });
}
