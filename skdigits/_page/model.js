"use strict";
// The fitted pipeline that `write_drawing_page` put into the page.

/** Read the pipeline: {network, framing, labels}. */
function readModel(text) {
  const { network, framing, labels } = JSON.parse(text);
  const vectors = floats(network.vectors);
  const kernels = halves(network.kernels);
  const weights = network.shapes.map((shape) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const from = shape.length > 1 ? kernels : vectors;
    return { shape, data: Float32Array.from({ length: size }, () => from.next().value) };
  });
  return { network: { ...network, weights }, framing, labels };
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function floats(base64) {
  return new Float32Array(bytesOf(base64).buffer).values();
}

/** Numbers of 16 bits, which browsers older than 2025 cannot read themselves. */
function* halves(base64) {
  for (const bits of new Uint16Array(bytesOf(base64).buffer)) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    yield exponent
      ? sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
      : sign * fraction * 2 ** -24;
  }
}
