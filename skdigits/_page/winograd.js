"use strict";
// Convolutions of 3x3 with half of the multiplications: A. Lavin, S. Gray, "Fast
// algorithms for convolutional neural networks" (2016), F(2x2, 3x3).
//
// Each tile of 2x2 results depends on 4x4 pixels. Tiles and kernels are transformed to
// 4x4 numbers each; there a convolution is a product, number by number. So each of the
// 16 numbers has a matrix product over the channels, of all tiles at once.

/** What `convolve` does, without padding, for kernels of 3x3. */
function convolveTiles(x, kernel) {
  const [, , nIn, nOut] = kernel.shape;
  const height = x.height - 2;
  const width = x.width - 2;
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const nTiles = rows * columns;
  kernel.transformed ??= transformKernel(kernel);
  const seen = scratch(16 * nTiles * (nIn + nOut)); // tiles, and behind them products
  for (let i = 0, tile = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, tile++) {
      transformTile(x, 2 * i, 2 * j, seen, tile * nIn, nTiles * nIn);
    }
  }
  const products = 16 * nTiles * nIn;
  for (let k = 0; k < 16; k++) {
    multiply(seen, k * nTiles * nIn, kernel.transformed[k],
      nTiles, nIn, nOut, seen, products + k * nTiles * nOut);
  }
  const result = {
    height, width, channels: nOut, data: new Float64Array(height * width * nOut),
  };
  for (let i = 0, tile = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, tile++) {
      placeTile(result, 2 * i, 2 * j, seen, products + tile * nOut, nTiles * nOut);
    }
  }
  return result;
}

/** G g G' for each pair of channels: 16 matrices of (n_in, n_out), in strips. */
function transformKernel({ shape: [, , nIn, nOut], data }) {
  const size = nIn * nOut;
  const spread = (a, b, c) => [a, (a + b + c) / 2, (a - b + c) / 2, c];
  const matrices = Array.from({ length: 16 }, () => new Float64Array(size));
  for (let pair = 0; pair < size; pair++) {
    const at = (i, j) => data[(3 * i + j) * size + pair];
    const columns = [0, 1, 2].map((j) => spread(at(0, j), at(1, j), at(2, j)));
    for (let i = 0; i < 4; i++) {
      spread(columns[0][i], columns[1][i], columns[2][i]).forEach((value, j) => {
        matrices[4 * i + j][pair] = value;
      });
    }
  }
  return matrices.map((matrix) => inStrips(matrix, nIn, nOut));
}

const tilePixels = new Float64Array(16);

/** B' d B for each channel of a tile; the 16 numbers lie `step` apart. */
function transformTile(x, top, left, to, start, step) {
  const { height, width, channels, data } = x;
  const d = tilePixels;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        d[4 * i + j] = top + i < height && left + j < width
          ? data[((top + i) * width + left + j) * channels + c] : 0;
      }
    }
    for (let j = 0; j < 4; j++) { // along columns
      const d1 = d[4 + j], d2 = d[8 + j];
      d[j] -= d2;
      d[12 + j] = d1 - d[12 + j];
      d[4 + j] = d1 + d2;
      d[8 + j] = d2 - d1;
    }
    for (let i = 0; i < 16; i += 4) { // along rows
      const at = start + c + i * step;
      to[at] = d[i] - d[i + 2];
      to[at + step] = d[i + 1] + d[i + 2];
      to[at + 2 * step] = d[i + 2] - d[i + 1];
      to[at + 3 * step] = d[i + 1] - d[i + 3];
    }
  }
}

/** A' m A for each channel: the 2x2 results of a tile. */
function placeTile(result, top, left, from, start, step) {
  const { height, width, channels, data } = result;
  for (let c = 0; c < channels; c++) {
    const m = tilePixels;
    for (let k = 0; k < 16; k++) m[k] = from[start + c + k * step];
    for (let j = 0; j < 4; j++) { // along columns
      const m1 = m[4 + j], m2 = m[8 + j];
      m[j] += m1 + m2;
      m[4 + j] = m1 - m2 - m[12 + j];
    }
    for (let i = 0; i < 2 && top + i < height; i++) { // along rows
      const at = ((top + i) * width + left) * channels + c;
      const m1 = m[4 * i + 1], m2 = m[4 * i + 2];
      data[at] = m[4 * i] + m1 + m2;
      if (left + 1 < width) data[at + channels] = m1 - m2 - m[4 * i + 3];
    }
  }
}
