"use strict";
// Drawings that the user has labelled, to teach them to a model.

class Corrections {
  constructor() {
    this.entries = new Map(); // of a drawing: its last label counts
  }

  get count() {
    return this.entries.size;
  }

  /** Keep a drawing, told from others by `key`, as a picture of `label`. */
  add(key, canvas, label) {
    this.entries.set(key, { label, png: pngOf(canvas) });
  }

  /** A folder with one sub-folder of pictures per label, as a zip file. */
  async pack() {
    const entries = [...this.entries.values()];
    return zip(await Promise.all(entries.map(async ({ label, png }, i) => ({
      path: `corrections/${folderName(label)}/${String(i + 1).padStart(4, "0")}.png`,
      bytes: new Uint8Array(await (await png).arrayBuffer()),
    }))));
  }
}

function pngOf(canvas) {
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
}

/** The label, but for characters that a folder's name cannot have. */
function folderName(label) {
  return label.replace(/[/\\:*?"<>|]|^\./g, encodeURIComponent);
}
