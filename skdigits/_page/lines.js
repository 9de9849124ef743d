"use strict";
// Mirrors skdigits/_imaging/lines.py: printed lines that are no digit.

const LEAST_SIDE = 20;
const RIM = 0.14;
const STRAIGHT = 0.02;
const SLOPE = 0.12;
const GRID_SLOPE = 0.06;
const LONG = 0.6;
const THIN = 0.1;
const REST = 0.05;

/** Tell the outline of a rectangle with sharp corners and nothing inside. */
function isEmptyBox(part) {
  const { height, width } = part;
  if (Math.min(height, width) < LEAST_SIDE) return false;
  const top = Math.floor(height * RIM);
  const left = Math.floor(width * RIM);
  const inside = cut(part, { top, bottom: height - top, left, right: width - left });
  if (inside.data.some(Boolean)) return false;
  const tolerance = Math.max(1, STRAIGHT * Math.max(height, width));
  const turned = transpose(part);
  return [part, flipRows(part), turned, flipRows(turned)].every((side) => isStraight(
    cut(side, { top: 0, bottom: side.height >> 1, left: 0, right: side.width }),
    tolerance));
}

/** Tell whether the upper edge of the foreground is a nearly level line. */
function isStraight(half, tolerance) {
  const margin = Math.max(1, Math.floor(SLOPE * half.width));
  const edge = [];
  for (let x = margin; x < half.width - margin; x++) {
    let y = 0;
    while (y < half.height && !half.data[y * half.width + x]) y++;
    if (y === half.height) return false;
    edge.push(y);
  }
  const third = Math.floor(edge.length / 3);
  const rise = median(edge.slice(-third)) - median(edge.slice(0, third));
  const slope = rise / (edge.length - third);
  const residual = edge.map((y, x) => y - slope * x);
  const middle = median(residual);
  const off = residual.filter((value) => Math.abs(value - middle) > tolerance).length;
  return Math.abs(slope) <= SLOPE && off / edge.length <= STRAIGHT;
}

/** Tell straight lines that cross the picture from border to border. */
function isGrid(part, [top, bottom, left, right]) {
  if (!(top && bottom) && !(left && right)) return false;
  const horizontal = findLines(part);
  const vertical = findLines(transpose(part));
  const columns = transpose(vertical.pixels).data;
  const covered = horizontal.pixels.data.filter((on, i) => on || columns[i]).length;
  if (covered < (1 - REST) * part.data.filter(Boolean).length) return false;
  const [nRows, nColumns] = [horizontal.places.length, vertical.places.length];
  if (nRows === 1 && nColumns === 1) { // a cross, not an L, T or 7
    return isInside(horizontal.places[0]) && isInside(vertical.places[0]);
  }
  return nRows + nColumns >= 3 || (nRows === 1 && left && right);
}

/** Find long, thin and nearly level lines. */
function findLines(part) {
  const { height, width } = part;
  const pixels = grid(height, width, new Uint8Array(height * width));
  const places = [];
  if (width < LEAST_SIDE) return { pixels, places };
  // A line that is not quite level stays in one row for long enough if it is widened.
  const reach = 2 * Math.max(1, Math.floor((GRID_SLOPE * LONG * width) / 2)) + 1;
  const wide = transpose(maximumAlongRows(transpose(part), reach));
  const length = Math.floor(LONG * width) | 1;
  const runs = minimumAlongRows(wide, length, 0);
  const { labels, count } = label(maximumAlongRows(runs, length, 0), false);
  const areas = new Float64Array(count + 1);
  const moments = new Float64Array(count + 1);
  labels.data.forEach((number, i) => {
    if (!part.data[i]) return;
    areas[number]++;
    moments[number] += Math.floor(i / width);
  });
  const isLine = (number) => number > 0 && areas[number] > 0
    && areas[number] <= Math.max(2, THIN * width) * width;
  for (let i = 1; i <= count; i++) {
    if (isLine(i)) places.push(moments[i] / areas[i] / height);
  }
  labels.data.forEach((number, i) => {
    if (part.data[i] && isLine(number)) pixels.data[i] = 1;
  });
  return { pixels, places };
}

function isInside(place) {
  return place >= THIN && place <= 1 - THIN;
}
