"use strict";
// Two-dimensional arrays, and the few functions of NumPy that the page needs.

/** A picture of numbers: `data` holds its rows one after the other. */
function grid(height, width, data = new Float32Array(height * width)) {
  return { height, width, data };
}

function mapGrid(image, compute, Type = Float32Array) {
  const { height, width, data } = image;
  const mapped = grid(height, width, new Type(data.length));
  for (let i = 0; i < data.length; i++) mapped.data[i] = compute(data[i], i);
  return mapped;
}

// A drawing has a hundred thousand pixels and more. What is done to all of them is a
// loop of its own, in place where that is possible: a function call for each pixel, and
// memory that is new each time, take far longer than the arithmetic.

/** Subtract a value from all pixels, in place. */
function subtract({ data }, value) {
  for (let i = 0; i < data.length; i++) data[i] -= value;
}

function oneMinus({ height, width, data }) {
  const inverse = grid(height, width);
  for (let i = 0; i < data.length; i++) inverse.data[i] = 1 - data[i];
  return inverse;
}

/** Which pixels are above a level, as 1 and 0. */
function isAbove({ height, width, data }, level) {
  const above = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) above[i] = data[i] > level ? 1 : 0;
  return grid(height, width, above);
}

/** The pixels where a mask of 1 and 0 is 1; the others become 0. */
function masked({ height, width, data }, mask) {
  const kept = grid(height, width);
  for (let i = 0; i < data.length; i++) kept.data[i] = mask.data[i] ? data[i] : 0;
  return kept;
}

/** How many values are above a level, and their mean. */
function meanAbove(values, level) {
  let count = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] > level) {
      count++;
      total += values[i];
    }
  }
  return { count, mean: total / count };
}

/** The values that are at least `low` and at most `high`. */
function valuesBetween(values, low, high) {
  const found = new Float32Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] >= low && values[i] <= high) found[n++] = values[i];
  }
  return found.subarray(0, n);
}

/** A part of a picture: rows from `top` to before `bottom`, columns alike. */
function cut(image, { top, bottom, left, right }) {
  const part = grid(bottom - top, right - left);
  part.data = new image.data.constructor(part.height * part.width);
  for (let y = top; y < bottom; y++) {
    const start = y * image.width;
    part.data.set(
      image.data.subarray(start + left, start + right), (y - top) * part.width);
  }
  return part;
}

/** The picture with `margin` pixels of `value` around it. */
function padGrid(image, margin, value = 0) {
  const { height, width, data } = image;
  const wide = grid(height + 2 * margin, width + 2 * margin);
  wide.data = new data.constructor(wide.height * wide.width).fill(value);
  for (let y = 0; y < height; y++) {
    wide.data.set(
      data.subarray(y * width, (y + 1) * width), (y + margin) * wide.width + margin);
  }
  return wide;
}

function transpose({ height, width, data }) {
  const turned = grid(width, height, new data.constructor(data.length));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) turned.data[x * height + y] = data[y * width + x];
  }
  return turned;
}

function flipRows(image) {
  const { height, width, data } = image;
  const flipped = grid(height, width, new data.constructor(data.length));
  for (let y = 0; y < height; y++) {
    flipped.data.set(
      data.subarray(y * width, (y + 1) * width), (height - 1 - y) * width);
  }
  return flipped;
}

/** Top row, bottom row, left column and right column. */
function sides({ height, width, data }) {
  const column = (x) => Array.from({ length: height }, (_, y) => data[y * width + x]);
  return [
    Array.from(data.subarray(0, width)),
    Array.from(data.subarray((height - 1) * width)),
    column(0),
    column(width - 1),
  ];
}

function least(values) {
  let found = Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] < found) found = values[i];
  return found;
}

function greatest(values) {
  let found = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > found) found = values[i];
  return found;
}

function sum(values) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** Not by `sum`: that one takes so many kinds of arrays that it is slow. */
function mean(values) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total / values.length;
}

function clip(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** The place of the first of the greatest values. */
function argmax(values) {
  let place = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[place]) place = i;
  return place;
}

function roundHalfToEven(value) {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 ? low + 1 : low;
}

/** The value that would be at `place` if `v` were sorted, which mixes `v` up. */
function select(v, place) { // by Hoare's selection
  let low = 0;
  let high = v.length - 1;
  while (low < high) {
    const pivot = v[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (v[i] < pivot) i++;
      while (v[j] > pivot) j--;
      if (i <= j) {
        const other = v[i];
        v[i++] = v[j];
        v[j--] = other;
      }
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return v[place];
}

/** `numpy.median`: for an even number of values, the mean of the two in the middle. */
function median(values) {
  const middle = values.length >> 1;
  const v = values.slice();
  const upper = select(v, middle);
  return v.length % 2 ? upper : (select(v, middle - 1) + upper) / 2;
}

/** Solve three linear equations by Cramer's rule. */
function solve3(a, b) {
  const determinant = (m) =>
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
    - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
    + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  const whole = determinant(a);
  return [0, 1, 2].map((k) =>
    determinant(a.map((row, i) => row.map((v, j) => (j === k ? b[i] : v)))) / whole);
}
