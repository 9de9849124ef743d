"use strict";
// Mirrors skdigits/_imaging/framing.py: from a picture to a digit framed as in MNIST.

const WORKING_SIDE = 512;
const SMALL_DIGIT = 64;
const MIN_STROKE = 2.2;
const WIDEST = 2.2;
const WHITE = 255;

/**
 * Bring a picture of one digit into MNIST framing.
 *
 * `image` is {height, width, data: RGBA bytes}; `options` are the parameters of the
 * DigitPreprocessor. Returns {framed, nDigits}; without a digit `framed` is 0.
 */
function framingSteps(image, options) {
  const { imageShape: [height, width], boxSize, center, deskew } = options;
  const factor = Math.ceil(Math.max(image.height, image.width) / WORKING_SIDE);
  const gray = toGray(image, factor);
  let { ink, mask, level, nDigits } = findInk(gray, options);
  if (center !== null && factor > 1 && mask.data.some(Boolean)) {
    const strokes = inkWindow(isAbove(masked(ink, mask), level)); // no soft shadows
    if (Math.max(...sidesOf(strokes)) < SMALL_DIGIT) {
      const found = findInk(toGray(zoomIn(image, strokes, factor)), options);
      if (found.mask.data.some(Boolean)) ({ ink, mask, level } = found);
    }
  }
  const window = inkWindow(mask);
  if (!window) return { framed: grid(height, width), nDigits: 0 };
  const [tall, wide] = sidesOf(window);
  if (wide > WIDEST * tall && tall >= LEAST_HEIGHT) nDigits = Math.max(nDigits, 2);
  let digit = center === null
    ? masked(ink, mask) : masked(cut(ink, window), cut(mask, window));
  const scale = scaleInto(digit, options);
  if (scale > 1) {
    if (center !== null) digit = padGrid(digit, Math.ceil((MIN_STROKE * scale) / 2));
    digit = thicken(harden(digit, level, scale), scale);
  }
  if (deskew) digit = shearUpright(digit);
  if (center !== null) digit = cut(digit, inkWindow(digit));
  const small = shrink(digit, scaleInto(digit, options));
  const peak = greatest(small.data);
  const bright = mapGrid(small, (value) => (value / peak) * WHITE);
  return { framed: placeInFrame(bright, height, width, center), nDigits };
}

/** The window in the original picture, with a margin of half its side. */
function zoomIn(image, window, factor) {
  const margin = Math.floor(Math.max(...sidesOf(window)) / 2) + 1;
  const top = Math.max(window.top - margin, 0) * factor;
  const left = Math.max(window.left - margin, 0) * factor;
  const bottom = Math.min((window.bottom + margin) * factor, image.height);
  const right = Math.min((window.right + margin) * factor, image.width);
  const bytes = cut({ ...image, width: 4 * image.width },
    { top, bottom, left: 4 * left, right: 4 * right });
  return { ...bytes, width: right - left };
}

/** How many pixels of a picture become one of the frame, along a side. */
function scaleInto({ height, width }, { imageShape, boxSize, center }) {
  if (center === null) return Math.max(height / imageShape[0], width / imageShape[1]);
  return Math.max(height, width) / boxSize;
}

/** Sharpen edges as far as averaging will soften them. */
function harden(ink, level, scale) {
  const low = level * (1 - 1 / scale);
  const high = Math.max(level + (greatest(ink.data) - level) / scale, low + 1e-6);
  return mapGrid(ink, (value) => (clip(value, low, high) - low) / (high - low));
}

/** Widen strokes that would fade when `scale` pixels are averaged to one. */
function thicken(ink, scale) {
  if (MIN_STROKE * scale < 4) return ink; // no stroke lacks a whole pixel
  const strokes = isAbove(ink, 0.5);
  const depths = distanceTransform(padGrid(strokes, 1)).data;
  // Across a stroke that is w wide the depth is w / 4 on average, plus half a pixel.
  const width = 4 * (meanAbove(depths, 0).mean - 0.5);
  const missing = (MIN_STROKE * scale - width) / 2;
  if (missing < 1) return ink;
  const wide = isotropicDilation(strokes, missing).data;
  return mapGrid(ink, (value, i) => Math.max(value, wide[i]));
}

/** Shear a slanted digit until its rows and columns are uncorrelated. */
function shearUpright(ink) {
  const { height, width, data } = ink;
  const [middle, center] = centerOfMass(ink);
  let [mixed, vertical] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x];
      mixed += value * (y - middle) * (x - center);
      vertical += value * (y - middle) ** 2;
    }
  }
  if (vertical === 0) return ink;
  const slope = clip(mixed / vertical, -1, 1);
  const margin = Math.ceil(Math.abs(slope) * Math.max(middle, height - 1 - middle));
  const upright = grid(height, width + 2 * margin);
  for (let y = 0; y < height; y++) {
    const at = (x) => (x < 0 || x >= width ? 0 : data[y * width + x]);
    for (let x = 0; x < upright.width; x++) {
      const place = x + slope * y - slope * middle - margin;
      const left = Math.floor(place);
      const share = place - left;
      upright.data[y * upright.width + x] =
        (1 - share) * at(left) + share * at(left + 1);
    }
  }
  return upright;
}

/** Average an image down by the exact area of its pixels. */
function shrink(image, scale) {
  if (scale === 1) return image;
  const alongRows = (picture) => {
    const { nOut, weights } = areaWeights(picture.width, scale);
    const means = grid(picture.height, nOut);
    for (let y = 0; y < picture.height; y++) {
      const row = picture.data.subarray(y * picture.width, (y + 1) * picture.width);
      weights.forEach(([i, x, weight]) => {
        means.data[y * nOut + i] += weight * row[x];
      });
    }
    return means;
  };
  return transpose(alongRows(transpose(alongRows(image))));
}

/** The share that each of n pixels has in each pixel of the result, where it has one. */
function areaWeights(n, scale) {
  const nOut = Math.ceil(n / scale - 1e-6);
  const edge = (i) => (i - nOut / 2) * scale + n / 2;
  const weights = [];
  for (let i = 0; i < nOut; i++) {
    const first = Math.max(Math.floor(edge(i)), 0);
    for (let x = first; x < Math.min(edge(i + 1), n); x++) {
      const overlap = Math.min(edge(i + 1), x + 1) - Math.max(edge(i), x);
      if (overlap > 0) weights.push([i, x, Math.fround(overlap / scale)]);
    }
  }
  return { nOut, weights };
}

/** Put a digit into an empty frame, moved by whole pixels. */
function placeInFrame(image, height, width, center = "mass") {
  const room = [height - image.height, width - image.width];
  let start = room.map((side) => Math.floor((side + 1) / 2));
  if (center === "mass") {
    const middle = centerOfMass(image);
    // Symmetric digits of even size lie between two pixels: avoid rounding errors.
    start = [height, width].map(
      (side, i) => Math.floor(Math.floor(side / 2) + 0.5 - middle[i] + 1e-4));
  }
  const [top, left] = start.map((place, i) => clip(place, 0, room[i]));
  const frame = grid(height, width);
  for (let y = 0; y < image.height; y++) {
    frame.data.set(
      image.data.subarray(y * image.width, (y + 1) * image.width),
      (top + y) * width + left);
  }
  return frame;
}

function centerOfMass({ height, width, data }) {
  let [total, rows, columns] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x];
      total += value;
      rows += y * value;
      columns += x * value;
    }
  }
  return [rows / total, columns / total];
}
