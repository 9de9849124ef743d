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

// The pictures of a drawing have a hundred thousand pixels: what is done to all of them
// is a loop of its own here, because a function call for each pixel takes far longer.

function minus(image, value) {
  const { height, width, data } = image;
  const less = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) less[i] = data[i] - value;
  return grid(height, width, less);
}

function oneMinus(image) {
  const { height, width, data } = image;
  const inverse = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) inverse[i] = 1 - data[i];
  return grid(height, width, inverse);
}

/** Which pixels are above a level, as 1 and 0. */
function isAbove(image, level) {
  const { height, width, data } = image;
  const above = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) above[i] = data[i] > level ? 1 : 0;
  return grid(height, width, above);
}

/** The pixels where a mask of 1 and 0 is 1; the others become 0. */
function masked(image, mask) {
  const { height, width, data } = image;
  const kept = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) kept[i] = mask.data[i] ? data[i] : 0;
  return grid(height, width, kept);
}

/** The values above a level. */
function valuesAbove(values, level) {
  const found = new Float32Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > level) found[n++] = values[i];
  return found.subarray(0, n);
}

/** The values up to a level. */
function valuesUpTo(values, level) {
  const found = new Float32Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (values[i] <= level) found[n++] = values[i];
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
function sidesOfGrid({ height, width, data }) {
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

/** The value that would be at `place` if the values were sorted (Hoare's selection). */
function select(values, place) {
  const v = values.slice();
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
  const upper = select(values, middle);
  return values.length % 2 ? upper : (select(values, middle - 1) + upper) / 2;
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
