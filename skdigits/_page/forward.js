"use strict";
// Mirrors skdigits/_network/forward.py: the forward pass of the fitted network.

const EPSILON = 1e-3; // what batch normalisation adds to the variance

/** The probability of each class, from the pixels of one framed digit. */
function predictProba(network, pixels) {
  return softmax(forward(network, pixels).map((logit) => logit / network.temperature));
}

function softmax(values) {
  const most = Math.max(...values);
  const shares = Array.from(values, (value) => Math.exp(value - most));
  const total = sum(shares);
  return shares.map((share) => share / total);
}

/** Compute the logits of one image, not divided by the temperature. */
function forward(network, pixels) {
  const { spec, pixelMean, pixelScale } = network;
  const [height, width] = spec.imageShape;
  const data = Float64Array.from(pixels, (pixel) => (pixel - pixelMean) / pixelScale);
  const arrays = network.weights.values();
  const total = new Float64Array(spec.nClasses);
  for (let i = 0; i < spec.nNetworks; i++) {
    logits(spec, { height, width, channels: 1, data }, arrays).forEach((logit, c) => { total[c] += logit / spec.nNetworks; });
  }
  return total;
}

/** Compute the logits of the network whose weights are the next in `arrays`. */
function logits(spec, x, arrays) {
  const next = () => arrays.next().value;
  const one = new Float64Array(Math.max(...spec.filters, 0)).fill(1);
  for (let number = 1; number <= spec.filters.length; number++) {
    x = convolve(x, next(), lastRepeats(spec.padding, number));
    if (!spec.batchNorm) addScaled(x, one, next().data);
    if (spec.poolAfter.includes(number)) x = maxPool(x);
    if (spec.batchNorm) {
      const [gamma, beta, mean, variance] = [next(), next(), next(), next()]
        .map(({ data }) => data);
      const factor = gamma.map((value, c) => value / Math.sqrt(variance[c] + EPSILON));
      addScaled(x, factor, beta.map((value, c) => value - mean[c] * factor[c]));
    }
    relu(x.data);
  }
  let units = x.data;
  for (let i = 0; i < spec.denseUnits.length; i++) {
    units = relu(dense(units, next(), next()));
  }
  return dense(units, next(), next());
}

function lastRepeats(values, number) {
  return values[Math.min(number, values.length) - 1];
}

/** Convolve (height, width, n_in) with (k_height, k_width, n_in, n_out). */
function convolve(x, kernel, padding) {
  const [tall, wide, nIn, nOut] = kernel.shape;
  if (padding === "same") x = padSame(x, tall, wide);
  if (tall === 3 && wide === 3 && nIn > 1) return convolveTiles(x, kernel);
  const height = x.height - tall + 1;
  const width = x.width - wide + 1;
  const depth = tall * wide * nIn;
  const seen = scratch(height * width * depth); // by each pixel of the result
  for (let y = 0, at = 0; y < height; y++) {
    for (let column = 0; column < width; column++) {
      for (let i = 0; i < tall; i++, at += wide * nIn) {
        const start = ((y + i) * x.width + column) * nIn;
        seen.set(x.data.subarray(start, start + wide * nIn), at);
      }
    }
  }
  const data = new Float64Array(height * width * nOut);
  multiply(seen, 0, kernel.data, 0, height * width, depth, nOut, data, 0);
  return { height, width, channels: nOut, data };
}

let workspace = new Float64Array(0);

/** Numbers to write to. It is the same memory each time: new memory is slow. */
function scratch(n) {
  if (workspace.length < n) workspace = new Float64Array(n);
  return workspace;
}

/**
 * The product of two matrices, of (n, depth) and (depth, m), row by row. Each matrix
 * begins at some place of its array.
 *
 * Blocks of 3 x 3 results keep nine sums in registers, so that each number that is read
 * is used three times. Numbers of 64 bits need no conversion before they are multiplied.
 */
function multiply(a, startA, b, startB, n, depth, m, product, startProduct) {
  const strip = new Float64Array(3 * depth);
  const block = new Float64Array(9);
  for (let j = 0; j < m; j += 3) {
    const wide = Math.min(3, m - j);
    for (let k = 0; k < depth; k++) {
      for (let c = 0; c < wide; c++) strip[3 * k + c] = b[startB + k * m + j + c];
    }
    for (let i = 0; i < n; i += 3) {
      const tall = Math.min(3, n - i);
      multiplyBlock(a, startA + i * depth, tall, strip, depth, block);
      for (let r = 0; r < tall; r++) {
        const at = startProduct + (i + r) * m + j;
        for (let c = 0; c < wide; c++) product[at + c] = block[3 * r + c];
      }
    }
  }
}

/** Three rows of `depth` numbers times a strip of three columns. */
function multiplyBlock(rows, start, tall, strip, depth, block) {
  const second = start + (tall > 1 ? depth : 0);
  const third = start + (tall > 2 ? 2 * depth : 0);
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0, s8 = 0;
  for (let k = 0, at = 0; k < depth; k++, at += 3) {
    const b0 = strip[at], b1 = strip[at + 1], b2 = strip[at + 2];
    const a0 = rows[start + k], a1 = rows[second + k], a2 = rows[third + k];
    s0 += a0 * b0;
    s1 += a0 * b1;
    s2 += a0 * b2;
    s3 += a1 * b0;
    s4 += a1 * b1;
    s5 += a1 * b2;
    s6 += a2 * b0;
    s7 += a2 * b1;
    s8 += a2 * b2;
  }
  block[0] = s0;
  block[1] = s1;
  block[2] = s2;
  block[3] = s3;
  block[4] = s4;
  block[5] = s5;
  block[6] = s6;
  block[7] = s7;
  block[8] = s8;
}

function padSame(x, tall, wide) {
  const [top, left] = [(tall - 1) >> 1, (wide - 1) >> 1];
  const { channels } = x;
  const height = x.height + tall - 1;
  const width = x.width + wide - 1;
  const data = new Float64Array(height * width * channels);
  for (let y = 0; y < x.height; y++) {
    const start = y * x.width * channels;
    data.set(x.data.subarray(start, start + x.width * channels),
      ((y + top) * width + left) * channels);
  }
  return { height, width, channels, data };
}

/** Multiply each channel by its factor and add its offset, in place. */
function addScaled({ channels, data }, factors, offsets) {
  for (let i = 0; i < data.length; i += channels) {
    for (let c = 0; c < channels; c++) data[i + c] = data[i + c] * factors[c] + offsets[c];
  }
}

function relu(data) {
  for (let i = 0; i < data.length; i++) if (data[i] < 0) data[i] = 0;
  return data;
}

/** Take the maximum of each 2x2 pixels; a side of one pixel stays. */
function maxPool({ height, width, channels, data }) {
  const tall = height > 1 ? 2 : 1;
  const wide = width > 1 ? 2 : 1;
  const pooled = {
    height: Math.floor(height / tall), width: Math.floor(width / wide), channels,
  };
  pooled.data = new Float64Array(pooled.height * pooled.width * channels).fill(-Infinity);
  for (let y = 0; y < pooled.height * tall; y++) {
    for (let x = 0; x < pooled.width * wide; x++) {
      const from = (y * width + x) * channels;
      const to = (Math.floor(y / tall) * pooled.width + Math.floor(x / wide)) * channels;
      for (let c = 0; c < channels; c++) {
        if (data[from + c] > pooled.data[to + c]) pooled.data[to + c] = data[from + c];
      }
    }
  }
  return pooled;
}

function dense(units, weights, bias) {
  const outputs = Float64Array.from(bias.data);
  const n = outputs.length;
  for (let i = 0; i < units.length; i++) {
    if (units[i] === 0) continue;
    for (let j = 0; j < n; j++) outputs[j] += units[i] * weights.data[i * n + j];
  }
  return outputs;
}
