"use strict";
// Mirrors skdigits/_imaging/gray.py for what a browser decodes: RGBA of 8 bits.

const WHITE_LEVELS = [1, 16, 255];
const LUMINANCE = [0.2125, 0.7154, 0.0721];

/** Convert a picture {height, width, data: RGBA bytes} to grey levels from 0 to 1. */
function toGray(image, factor = 1) {
  if (!isOpaque(image)) {
    const { colors, alpha } = premultipliedMeans(image, factor, blackAndWhite(image, 4)[1]);
    return colorsToGray(onBackground(colors, alpha));
  }
  const [, white] = blackAndWhite(image, 3);
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    () => levels(blockMean(image, factor, channel, 4), white));
  return isGray(image) ? red() : colorsToGray([red(), green(), blue()]);
}

function isOpaque({ data }) {
  for (let i = 3; i < data.length; i += 4) if (data[i] < 255) return false;
  return true;
}

function isGray({ data }) {
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}

/** The pixel values that stand for black and for white, from the first channels. */
function blackAndWhite({ data }, nChannels) {
  let most = 0;
  for (let i = 0; i < data.length && most < 255; i += 4) {
    for (let c = 0; c < nChannels; c++) if (data[i + c] > most) most = data[i + c];
  }
  return [0, WHITE_LEVELS.find((white) => most <= 1.1 * white)];
}

/** One channel of a picture, times its opacity. */
function premultiplied({ height, width, data }, channel) {
  const values = grid(height, width);
  for (let i = 0; i < values.data.length; i++) {
    values.data[i] = data[4 * i + channel] * data[4 * i + 3];
  }
  return values;
}

/** Turn pixels into levels from 0 to 1, in place. */
function levels(image, white) {
  const { data } = image;
  for (let i = 0; i < data.length; i++) data[i] = Math.min(data[i] / white, 1);
  return image;
}

/** Average colours, each pixel by its opacity, and the opacity. */
function premultipliedMeans(image, factor, white) {
  const colors = [0, 1, 2].map((channel) =>
    levels(blockMean(premultiplied(image, channel), factor), white * white));
  return { colors, alpha: levels(blockMean(image, factor, 3, 4), white) };
}

/** Put a partly transparent picture on white, or bright strokes on black. */
function onBackground(colors, alpha) {
  const onWhite = colors.map((color) => grid(color.height, color.width,
    color.data.map((value, i) => value + (1 - alpha.data[i]))));
  const contrast = (channels) => sum(channels.map(({ data }) => {
    const middle = mean(data);
    return Math.sqrt(mean(data.map((value) => (value - middle) ** 2)));
  }));
  return contrast(onWhite) < 0.5 * contrast(colors) ? colors : onWhite;
}

/** Convert colours to the grey levels with enough contrast. */
function colorsToGray(colors) {
  const { height, width } = colors[0];
  const weighted = (weights, offset = 0) => {
    const [r, g, b] = colors.map(({ data }) => data);
    const gray = grid(height, width);
    for (let i = 0; i < gray.data.length; i++) {
      gray.data[i] = weights[0] * r[i] + weights[1] * g[i] + weights[2] * b[i] - offset;
    }
    return gray;
  };
  const covariance = covarianceOf(colors);
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const times = (vector) => covariance.map((row) => dot(row, vector));
  const main = mainDirection(covariance);
  const variance = dot(main, times(main));
  // The variance of greys along their direction is three times that of a channel.
  if (dot(LUMINANCE, times(LUMINANCE)) >= variance / 3 / 4) return weighted(LUMINANCE);
  const size = sum(main.map(Math.abs));
  const sign = dot(LUMINANCE, times(main)) < 0 ? -1 : 1;
  const weights = main.map((value) => (sign * value) / size);
  return weighted(weights, sum(weights.map((weight) => Math.min(weight, 0))));
}

function covarianceOf(colors) {
  const channels = colors.map(({ data }) => data);
  const means = channels.map(mean);
  const product = (a, b) => {
    let total = 0;
    for (let i = 0; i < channels[a].length; i++) {
      total += (channels[a][i] - means[a]) * (channels[b][i] - means[b]);
    }
    return total;
  };
  const [rr, rg, rb] = [product(0, 0), product(0, 1), product(0, 2)];
  const [gg, gb, bb] = [product(1, 1), product(1, 2), product(2, 2)];
  return [[rr, rg, rb], [rg, gg, gb], [rb, gb, bb]];
}

/** The direction of the largest variance, by repeated multiplication. */
function mainDirection(covariance) {
  let vector = covariance[argmax(covariance.map((row, i) => row[i]))];
  for (let i = 0; i < 200; i++) {
    const length = Math.hypot(...vector);
    if (length === 0) return [0, 0, 0];
    const unit = vector.map((value) => value / length);
    vector = covariance.map((row) => row[0] * unit[0] + row[1] * unit[1] + row[2] * unit[2]);
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/**
 * Average blocks of `factor` x `factor` pixels, of one of the channels; a shorter side
 * is one block.
 */
function blockMean(image, factor, channel = 0, nChannels = 1) {
  if (factor === 1 && nChannels === 1) return image;
  const tall = Math.min(factor, image.height);
  const wide = Math.min(factor, image.width);
  const { data } = image;
  const means = grid(Math.floor(image.height / tall), Math.floor(image.width / wide));
  const totals = new Float64Array(means.width); // of a row of blocks
  for (let y = 0; y < means.height; y++) {
    totals.fill(0);
    for (let i = 0; i < tall; i++) {
      let at = (y * tall + i) * image.width * nChannels + channel;
      for (let x = 0; x < means.width; x++) {
        for (let j = 0; j < wide; j++, at += nChannels) totals[x] += data[at];
      }
    }
    const start = y * means.width;
    for (let x = 0; x < means.width; x++) means.data[start + x] = totals[x] / (tall * wide);
  }
  return means;
}
