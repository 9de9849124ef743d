"use strict";
// The fitted pipeline that `write_drawing_page` put into the page.

/** Read the pipeline: {network, framing, labels}. */
function readModel(text) {
  const { network, framing, labels } = JSON.parse(text);
  const vectors = floats(network.vectors);
  const kernels = halves(network.kernels);
  let [vector, kernel] = [0, 0]; // where the next ones begin
  const weights = network.shapes.map((shape) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const data = shape.length > 1
      ? kernels.slice(kernel, kernel += size) : vectors.slice(vector, vector += size);
    return { shape, data };
  });
  return { network: { ...network, weights }, framing, labels };
}

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function floats(base64) {
  return new Float64Array(new Float32Array(bytesOf(base64).buffer));
}

/** Numbers of 16 bits, which browsers older than 2025 cannot read themselves. */
function halves(base64) {
  const halves = new Uint16Array(bytesOf(base64).buffer);
  const numbers = new Float64Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const sign = halves[i] & 0x8000 ? -1 : 1;
    const exponent = (halves[i] >> 10) & 31;
    const fraction = halves[i] & 1023;
    numbers[i] = exponent
      ? sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
      : sign * fraction * 2 ** -24;
  }
  return numbers;
}
