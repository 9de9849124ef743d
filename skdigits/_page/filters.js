"use strict";
// What SciPy and scikit-image do in the Python package: components, distances, filters.

/** Number the connected components of what is not 0, from 1, in reading order. */
function label({ height, width, data }, diagonal = true) {
  const labels = new Int32Array(height * width);
  const parent = [0];
  const rootOf = (i) => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (!data[at]) continue;
      let found = x > 0 ? labels[at - 1] : 0;
      if (y > 0) {
        const first = diagonal && x > 0 ? -1 : 0;
        const last = diagonal && x < width - 1 ? 1 : 0;
        for (let dx = first; dx <= last; dx++) {
          const above = labels[at - width + dx];
          if (!above) continue;
          if (!found) found = above;
          else if (above !== found) {
            const a = rootOf(above);
            const b = rootOf(found);
            parent[Math.max(a, b)] = Math.min(a, b);
          }
        }
      }
      if (!found) {
        found = parent.length;
        parent.push(found);
      }
      labels[at] = found;
    }
  }
  const numbers = new Int32Array(parent.length);
  let count = 0;
  for (let i = 1; i < parent.length; i++) {
    numbers[i] = parent[i] === i ? ++count : numbers[rootOf(i)];
  }
  for (let i = 0; i < labels.length; i++) labels[i] = numbers[labels[i]];
  return { labels: grid(height, width, labels), count };
}

/** The bounding box of each of `count` labels; that of label 1 comes first. */
function findObjects({ height, width, data }, count) {
  const windows = Array.from({ length: count }, () => (
    { top: Infinity, bottom: 0, left: Infinity, right: 0 }));
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (!data[at]) continue;
      const window = windows[data[at] - 1];
      if (y < window.top) window.top = y;
      if (y >= window.bottom) window.bottom = y + 1;
      if (x < window.left) window.left = x;
      if (x >= window.right) window.right = x + 1;
    }
  }
  return windows;
}

/** The Euclidean distance of each pixel to the nearest 0 (Felzenszwalb, Huttenlocher). */
function distanceTransform({ height, width, data }) {
  const far = height + width;
  const depth = new Int32Array(height * width);
  for (let x = 0; x < width; x++) { // along columns
    for (let y = 0, d = far; y < height; y++) {
      d = data[y * width + x] ? d + 1 : 0;
      depth[y * width + x] = d;
    }
    for (let y = height - 1, d = far; y >= 0; y--) {
      d = data[y * width + x] ? d + 1 : 0;
      if (d < depth[y * width + x]) depth[y * width + x] = d;
    }
  }
  const distances = grid(height, width);
  const places = new Int32Array(width); // of the parabolas of the lower envelope
  const starts = new Float64Array(width + 1);
  const squares = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) squares[x] = depth[y * width + x] ** 2;
    let k = 0;
    places[0] = 0;
    starts[0] = -Infinity;
    starts[1] = Infinity;
    for (let x = 1; x < width; x++) {
      let start;
      for (;;) {
        const p = places[k];
        start = (squares[x] + x * x - squares[p] - p * p) / (2 * (x - p));
        if (start > starts[k]) break;
        k--;
      }
      places[++k] = x;
      starts[k] = start;
      starts[k + 1] = Infinity;
    }
    k = 0;
    for (let x = 0; x < width; x++) {
      while (starts[k + 1] < x) k++;
      distances.data[y * width + x] = Math.sqrt(
        (x - places[k]) ** 2 + squares[places[k]]);
    }
  }
  return distances;
}

/** Whether each pixel is at most `radius` away from one that is not 0. */
function isotropicDilation(mask, radius) {
  const near = grid(mask.height, mask.width, new Uint8Array(mask.data.length));
  for (let i = 0; i < near.data.length; i++) near.data[i] = mask.data[i] ? 0 : 1;
  const distances = distanceTransform(near);
  for (let i = 0; i < near.data.length; i++) {
    near.data[i] = distances.data[i] <= radius ? 1 : 0;
  }
  return near;
}

/**
 * The greatest value of each `size` pixels of a row, around each pixel. Pixels beyond
 * the ends are `outside`, or left out, which is what reflecting the row comes to.
 */
function maximumAlongRows({ height, width, data }, size, outside = -Infinity) {
  const reach = size >> 1;
  const found = grid(height, width, new data.constructor(data.length));
  const queue = new Int32Array(width + 2 * reach); // places of falling values
  for (let y = 0; y < height; y++) {
    const start = y * width;
    const at = (x) => (x < 0 || x >= width ? outside : data[start + x]);
    let first = 0;
    let last = 0;
    for (let x = -reach; x < width + reach; x++) {
      while (last > first && at(queue[last - 1]) <= at(x)) last--;
      queue[last++] = x;
      if (queue[first] < x - 2 * reach) first++;
      if (x >= reach) found.data[start + x - reach] = at(queue[first]);
    }
  }
  return found;
}

function minimumAlongRows(image, size, outside = Infinity) {
  const negative = (value) => -value;
  const mirrored = mapGrid(image, negative, Float32Array);
  return mapGrid(maximumAlongRows(mirrored, size, -outside), negative);
}

/** Erosion and then dilation by a square, of grey levels. */
function opening(image, size) {
  const bothWays = (filter, picture) =>
    transpose(filter(transpose(filter(picture, size)), size));
  return bothWays(maximumAlongRows, bothWays(minimumAlongRows, image));
}

/** The place that a picture, reflected at its edges, shows at `i`. */
function reflected(i, n) {
  const turn = ((i % (2 * n)) + 2 * n) % (2 * n);
  return turn < n ? turn : 2 * n - 1 - turn;
}

/** The mean of `size` x `size` pixels around each; the picture goes on reflected. */
function uniformFilter(image, size) {
  if (size === 1) return image;
  const reach = size >> 1;
  const alongRows = ({ height, width, data }) => {
    const means = grid(height, width);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let total = 0;
        for (let i = x - reach; i <= x + reach; i++) {
          total += data[y * width + reflected(i, width)];
        }
        means.data[y * width + x] = total / size;
      }
    }
    return means;
  };
  return alongRows(transpose(alongRows(transpose(image))));
}

/** The upper median of `size` x `size` pixels around each. */
function medianFilter({ height, width, data }, size) {
  const medians = grid(height, width);
  const seen = new Float32Array(size * size);
  const before = size >> 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < size; i++) {
        const row = reflected(y + i - before, height) * width;
        for (let j = 0; j < size; j++) {
          seen[i * size + j] = data[row + reflected(x + j - before, width)];
        }
      }
      medians.data[y * width + x] = select(seen, (size * size) >> 1);
    }
  }
  return medians;
}

/** Average a picture down to another shape by the exact area of its pixels. */
function resizeLocalMean(image, height, width) {
  const alongRows = (picture, n) => {
    const means = grid(picture.height, n);
    const scale = picture.width / n;
    for (let i = 0; i < n; i++) {
      const start = i * scale;
      const stop = (i + 1) * scale;
      for (let y = 0; y < picture.height; y++) {
        let total = 0;
        for (let x = Math.floor(start); x < Math.min(Math.ceil(stop), picture.width); x++) {
          const share = Math.min(stop, x + 1) - Math.max(start, x);
          total += share * picture.data[y * picture.width + x];
        }
        means.data[y * n + i] = total / scale;
      }
    }
    return means;
  };
  return transpose(alongRows(transpose(alongRows(image, width)), height));
}

/** Continue a picture beyond its edges, with the slope that it has there. */
function padReflectOdd(image, margin) {
  const alongRows = ({ height, width, data }) => {
    const wide = grid(height, width + 2 * margin);
    for (let y = 0; y < height; y++) {
      const row = data.subarray(y * width, (y + 1) * width);
      const start = y * wide.width;
      wide.data.set(row, start + margin);
      for (let i = 1; i <= margin; i++) {
        wide.data[start + margin - i] = 2 * row[0] - row[i];
        wide.data[start + margin + width - 1 + i] =
          2 * row[width - 1] - row[width - 1 - i];
      }
    }
    return wide;
  };
  return alongRows(transpose(alongRows(transpose(image))));
}

/** Otsu's method: the bin of a histogram that ends the lower group. */
function thresholdOtsu(counts) {
  const moments = Array.from(counts, (count, i) => count * i);
  const [total, moment] = [sum(counts), sum(moments)];
  const last = counts.findLastIndex((count) => count > 0);
  let [below, momentBelow, best, found] = [0, 0, -1, 0];
  for (let i = counts.findIndex((count) => count > 0); i < last; i++) {
    below += counts[i];
    momentBelow += moments[i];
    const above = total - below;
    const spread = Math.fround(below * above)
      * (momentBelow / below - (moment - momentBelow) / above) ** 2;
    if (spread > best) [best, found] = [spread, i];
  }
  return best < 0 ? last : found;
}
