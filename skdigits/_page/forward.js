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
    const one = logits(spec, { height, width, channels: 1, data }, arrays);
    for (let c = 0; c < total.length; c++) total[c] += one[c] / spec.nNetworks;
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
      for (let i = 0; i < tall; i++) {
        const start = ((y + i) * x.width + column) * nIn;
        for (let j = 0; j < wide * nIn; j++) seen[at++] = x.data[start + j];
      }
    }
  }
  kernel.strips ??= inStrips(kernel.data, depth, nOut);
  const data = new Float64Array(height * width * nOut);
  multiply(seen, 0, kernel.strips, height * width, depth, nOut, data, 0);
  return { height, width, channels: nOut, data };
}

let workspace = new Float64Array(0);

/** Numbers to write to. It is the same memory each time: new memory is slow. */
function scratch(n) {
  if (workspace.length < n) workspace = new Float64Array(n);
  return workspace;
}

/** The columns of a matrix (depth, m), three by three, as `multiply` reads them. */
function inStrips(matrix, depth, m) {
  const strips = new Float64Array(3 * Math.ceil(m / 3) * depth); // filled up with 0
  for (let k = 0; k < depth; k++) {
    for (let j = 0; j < m; j++) {
      strips[3 * (Math.floor(j / 3) * depth + k) + (j % 3)] = matrix[k * m + j];
    }
  }
  return strips;
}

/**
 * The product of two matrices, of (n, depth), row by row, and of (depth, m), in strips.
 * The first one and the product begin at some place of their arrays.
 *
 * Blocks of 3 x 3 results keep nine sums in registers, so that each number that is read
 * is used three times. Numbers of 64 bits need no conversion before they are multiplied.
 */
function multiply(a, startA, strips, n, depth, m, product, startProduct) {
  for (let j = 0; j < m; j += 3) {
    for (let i = 0; i < n; i += 3) {
      // A row that there is not is replaced by the first, and its results are dropped.
      const first = startA + i * depth;
      const second = i + 1 < n ? first + depth : first;
      const third = i + 2 < n ? second + depth : first;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0, s8 = 0;
      for (let k = 0, at = j * depth; k < depth; k++, at += 3) {
        const b0 = strips[at], b1 = strips[at + 1], b2 = strips[at + 2];
        const a0 = a[first + k], a1 = a[second + k], a2 = a[third + k];
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
      const at = startProduct + i * m + j;
      placeRow(product, at, m - j, s0, s1, s2);
      if (i + 1 < n) placeRow(product, at + m, m - j, s3, s4, s5);
      if (i + 2 < n) placeRow(product, at + 2 * m, m - j, s6, s7, s8);
    }
  }
}

/** Write three numbers, or as many as there is room for. */
function placeRow(to, at, room, first, second, third) {
  to[at] = first;
  if (room > 1) to[at + 1] = second;
  if (room > 2) to[at + 2] = third;
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
