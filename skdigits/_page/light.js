"use strict";
// Mirrors skdigits/_imaging/light.py: polarity and light.

const TINY_SIDE = 20;
const COARSE_SIDE = 24;
const EVEN = 0.02;
const N_BORDER_POINTS = 100;
const BORDER_WEIGHT = 0.6;
const LEAST_BORDER = 0.15;
const SHAPE_SIDE = 64;
const LARGEST_SHARE_BETWEEN = 0.14;

/** Make the foreground bright and remove shadows from the background. */
function brightInk(gray, polarity = "auto") {
  let isEven = isEvenlyLit(gray);
  if (!isEven) {
    const level = removeSlope(gray);
    isEven = isEvenlyLit(level);
    if (isEven) gray = level;
  }
  if (polarity === "auto") {
    polarity = findPolarity(isEven ? gray : withoutBackground(gray));
  }
  let ink = polarity === "dark" ? oneMinus(gray) : grid(
    gray.height, gray.width, gray.data.slice());
  if (!isEven) ink = removeShadows(ink);
  subtract(ink, least(ink.data));
  return ink;
}

/** Tell whether the background along the border of a picture has one level. */
function isEvenlyLit(gray) {
  if (Math.min(gray.height, gray.width) < TINY_SIDE) return true;
  const darkest = least(gray.data);
  const lightest = greatest(gray.data);
  const contrast = lightest - darkest;
  const border = borderPoints(gray);
  const background = quickMedian(border);
  const tolerance = Math.max(EVEN, contrast / 10);
  const isEven = (level) => Math.abs(level - background) <= tolerance;
  const share = (isIn) => border.filter(isIn).length / border.length;
  if (share(isEven) > 0.85) return true;
  if (Math.min(background - darkest, lightest - background) > contrast / 4) return false;
  const ink = lightest - background < background - darkest ? darkest : lightest;
  return share((level) => isEven(level) || Math.abs(level - ink) < contrast / 4) > 0.85;
}

/** Tell a dark foreground from a light one. */
function findPolarity(gray) {
  const middle = mean(gray.data);
  const outer = borderPoints(gray);
  let border = outer;
  let ahead = lead(border, middle);
  if (Math.abs(ahead) > 0.9) {
    const margin = Math.floor(Math.min(gray.height, gray.width) / 10);
    const inner = borderPoints(cut(gray, {
      top: margin, bottom: gray.height - margin,
      left: margin, right: gray.width - margin,
    }));
    const aheadInside = lead(inner, middle);
    if (ahead * aheadInside < -0.7) { // the border is a frame
      [border, ahead] = [inner, aheadInside];
    }
  }
  const weight = Math.min(BORDER_WEIGHT, 2 * Math.abs(ahead));
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < gray.data.length; i++) {
    const deviation = gray.data[i] - middle;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
  }
  let isLight = cubes + weight * (middle - quickMedian(border)) * squares >= 0;
  const share = outer.filter((level) => (level > middle) === isLight).length
    / outer.length;
  if (share > LEAST_BORDER) {
    const coarse = coarseLevels(gray);
    const between = coarse.data.filter((level) => Math.abs(level - 0.5) < 0.25).length
      / coarse.data.length;
    const part = mapGrid(coarse, (level) => (level > 0.5 === isLight ? 1 : 0), Uint8Array);
    if (between < LARGEST_SHARE_BETWEEN && isAroundDigit(part)) isLight = !isLight;
  }
  return isLight ? "light" : "dark";
}

/** The grey levels of a coarse picture, from 0 to 1. */
function coarseLevels(gray) {
  const side = Math.max(gray.height, gray.width);
  const coarse = blockMean(gray, Math.max(Math.floor(side / SHAPE_SIDE), 1));
  const lowest = least(coarse.data);
  const contrast = Math.max(greatest(coarse.data) - lowest, 2 ** -126);
  return mapGrid(coarse, (level) => (level - lowest) / contrast);
}

/** The share of light points minus that of dark ones, from -1 to 1. */
function lead(points, middle) {
  return (2 * points.filter((level) => level > middle).length) / points.length - 1;
}

/** The border of a picture, clockwise, averaged to some points. */
function borderPoints({ height, width, data }) {
  const border = [];
  for (let x = 0; x < width; x++) border.push(data[x]);
  for (let y = 1; y < height - 1; y++) border.push(data[(y + 1) * width - 1]);
  for (let x = width - 1; x >= 0; x--) border.push(data[(height - 1) * width + x]);
  for (let y = height - 2; y > 0; y--) border.push(data[y * width]);
  const n = Math.max(Math.floor(border.length / N_BORDER_POINTS), 1);
  return Float32Array.from({ length: Math.floor(border.length / n) },
    (_, i) => mean(border.slice(i * n, (i + 1) * n)));
}

/** The upper median. */
function quickMedian(values) {
  return select(values.slice(), values.length >> 1);
}

/** A coarse picture without its light, for either polarity. */
function withoutBackground(gray) {
  const scale = Math.max(Math.max(gray.height, gray.width) / COARSE_SIDE, 1);
  const coarse = resizeLocalMean(gray,
    Math.max(roundHalfToEven(gray.height / scale), 1),
    Math.max(roundHalfToEven(gray.width / scale), 1));
  // The window is much wider than a stroke, so its median is the background.
  const background = medianFilter(coarse, COARSE_SIDE >> 1);
  return grid(coarse.height, coarse.width,
    coarse.data.map((level, i) => level - background.data[i]));
}

/** Remove light that falls off evenly towards one side. */
function removeSlope(gray) {
  const { height, width } = gray;
  const along = (i, n) => (n > 1 ? (2 * i) / (n - 1) - 1 : -1);
  const ramp = (place) => {
    const image = grid(height, width);
    for (let i = 0; i < image.data.length; i++) image.data[i] = place(i);
    return image;
  };
  const y = ramp((i) => along(Math.floor(i / width), height));
  const x = ramp((i) => along(i % width, width));
  const border = borderPoints(gray);
  const points = [border.map(() => 1), borderPoints(y), borderPoints(x)].map(
    (values) => Array.from(values));
  const planeAt = (plane, k) =>
    plane[0] * points[0][k] + plane[1] * points[1][k] + plane[2] * points[2][k];
  // Least absolute deviations, by weighted least squares.
  let weights = border.map(() => 1);
  let plane;
  for (let round = 0; round < 20; round++) {
    const product = (p, q) => sum(p.map((value, k) => weights[k] * value * q[k]));
    plane = solve3(
      points.map((p) => points.map((q) => product(p, q))),
      points.map((p) => product(p, border)));
    weights = border.map(
      (level, k) => 1 / Math.max(Math.abs(level - planeAt(plane, k)), 1e-3));
  }
  return grid(height, width, gray.data.map(
    (level, i) => level - plane[1] * y.data[i] - plane[2] * x.data[i]));
}

/** Remove whatever is wider than a stroke can be. */
function removeShadows(ink) {
  const shorter = Math.min(ink.height, ink.width);
  const size = Math.floor(shorter / 3) | 1;
  const margin = size >> 1;
  const smooth = uniformFilter(ink, 1 + 2 * Math.floor(shorter / 100));
  // Beyond its edges the picture continues with the slope it has there.
  const background = cut(opening(padReflectOdd(smooth, margin), size), {
    top: margin, bottom: margin + ink.height, left: margin, right: margin + ink.width,
  });
  return grid(ink.height, ink.width,
    ink.data.map((value, i) => value - background.data[i]));
}
