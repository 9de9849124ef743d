"use strict";
// The page: what is drawn is read, and the answer is shown.

const SURE = 0.7; // below this probability the page says that it is not sure
const LARGEST_PICTURE = 50_000_000; // pixels, as in `read_image`

const element = (id) => document.getElementById(id);
const model = readModel(element("model").textContent);
const percent = (share) => (share > 0.999 ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`);
const corrections = new Corrections();
const pad = new Pad(element("pad"), scheduleReading);

let readings = []; // of the digits on the pad
let chosen = 0; // the one that is shown in detail
let nextReading = 0; // not before this time, while a stroke is drawn

/** Read at once when a stroke is done, and now and then while it is drawn. */
function scheduleReading(isDone) {
  if (!isDone && performance.now() < nextReading) return;
  const start = performance.now();
  readPad();
  const stop = performance.now();
  nextReading = stop + Math.max(100, 3 * (stop - start));
  performance.measure(isDone ? "answer" : "glimpse", { start, end: stop });
}

function readPad() {
  if (pad.isEmpty) readings = [];
  else if (pad.picture) readings = [readPicture(pixelsOf(pad.picture), model)];
  else readings = readDrawing(pad, model);
  chosen = Math.max(readings.length - 1, 0);
  showAnswer();
}

/** The pixels of a dropped picture, as its file has them. */
function pixelsOf(picture) {
  return canvasOf(picture).getContext("2d").getImageData(
    0, 0, picture.width, picture.height);
}

function canvasOf(picture) {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas;
}

function showAnswer() {
  const label = readings.map((reading) => reading.label).join("");
  const probability = readings.reduce((product, one) => product * one.probability, 1);
  const answer = element("answer");
  answer.textContent = label || "–";
  answer.dataset.label = label;
  answer.dataset.probability = label ? probability : "";
  answer.classList.toggle("unsure", Boolean(label) && probability < SURE);
  answer.classList.toggle("long", label.length > 2);
  element("certainty").textContent = certainty(label, probability);
  element("hint").hidden = !pad.isEmpty;
  element("undo").disabled = element("clear").disabled = pad.isEmpty;
  showDigits();
  showChosen();
}

function certainty(label, probability) {
  if (pad.isEmpty) return "Nothing drawn yet";
  if (!label) return "No digit found";
  const sure = probability < SURE ? `Not sure: ${percent(probability)}` : percent(probability);
  const isLargest = pad.picture && readings[0].nDigits > 1;
  return isLargest ? `${sure}. Several digits: the largest is read` : sure;
}

/** Buttons to choose one of several digits. */
function showDigits() {
  const list = element("digits");
  list.hidden = readings.length < 2;
  list.replaceChildren(...readings.map(({ label, probability }, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.title = percent(probability);
    button.addEventListener("click", () => {
      chosen = i;
      showChosen();
    });
    return button;
  }));
}

/** Show what the network sees of the chosen digit, and its probabilities. */
function showChosen() {
  const reading = readings[chosen];
  [...element("digits").children].forEach((button, i) => {
    button.setAttribute("aria-pressed", i === chosen);
  });
  showSeen(reading?.framed);
  const shares = reading?.label ? reading.probabilities : [];
  const most = argmax(shares);
  bars.forEach((bar, i) => {
    const share = shares[i] ?? 0;
    bar.button.disabled = !reading;
    bar.button.classList.toggle("most", shares.length > 0 && i === most);
    bar.fill.style.transform = `scaleX(${share})`;
    bar.share.textContent = shares.length ? percent(share) : "";
    bar.button.setAttribute("aria-label", `That was ${model.labels[i]}. `
      + `Its probability is ${percent(share)}.`);
    bar.button.setAttribute(
      "aria-pressed", corrections.entries.get(keyOf(reading))?.label === model.labels[i]);
  });
  tellNotebook(reading);
}

/** In the frame of a notebook, tell the widget around the page what is shown. */
function tellNotebook(reading) {
  if (location.href !== "about:srcdoc") return;
  const isRead = Boolean(reading?.label);
  const place = (label) => model.labels.indexOf(label);
  parent.postMessage({
    image: isRead ? Array.from(reading.framed.data) : null,
    label: place(reading?.label),
    probability: isRead ? reading.probability : null,
    correction: place(corrections.entries.get(keyOf(reading))?.label),
  }, "/"); // to a page of the same origin only
}

function showSeen(framed) {
  const canvas = element("seen");
  [canvas.height, canvas.width] = model.framing.imageShape;
  const context = canvas.getContext("2d", { alpha: false });
  if (!framed) return;
  const image = context.createImageData(canvas.width, canvas.height);
  framed.data.forEach((level, i) => {
    image.data.fill(Math.round(level), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

function makeBar(label) {
  const button = document.createElement("button");
  button.type = "button";
  const [name, track, fill, share] = ["name", "track", "fill", "share"].map((role) => {
    const span = document.createElement("span");
    span.className = role;
    return span;
  });
  name.textContent = label;
  track.append(fill);
  button.append(name, track, share);
  button.addEventListener("click", () => correct(label));
  const item = document.createElement("li");
  item.append(button);
  element("bars").append(item);
  return { button, fill, share };
}

const bars = model.labels.map(makeBar);

/** Tell a drawing from others: by its first stroke, or its picture. */
function keyOf(reading) {
  return reading?.strokes?.[0] ?? pad.picture;
}

/** "That was a ...": keep the chosen drawing with this label. */
function correct(label) {
  const reading = readings[chosen];
  if (!reading) return;
  const canvas = reading.strokes ? pad.alone(reading.strokes).canvas : canvasOf(pad.picture);
  corrections.add(keyOf(reading), canvas, label);
  element("corrections").hidden = false;
  element("count").textContent =
    `Kept as ${label}. Drawings with your labels: ${corrections.count}`;
  showChosen();
}

async function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await corrections.pack());
  link.download = "corrections.zip";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Read an image file that was dropped, pasted or opened. */
async function open(file) {
  if (!file) return;
  try {
    const picture = await createImageBitmap(
      file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
    if (picture.width * picture.height > LARGEST_PICTURE) throw new RangeError();
    pad.show(picture);
  } catch {
    element("certainty").textContent =
      `${file.name || "This file"} is not a picture that can be read here`;
  }
}

/** The first file of a drop or paste, if there is one. */
function fileOf(transfer) {
  return transfer?.files[0];
}

element("undo").addEventListener("click", () => pad.undo());
element("clear").addEventListener("click", () => pad.clear());
element("download").addEventListener("click", download);
element("pen").addEventListener("input", ({ target }) => {
  pad.penWidth = target.value / 1000;
});
element("file").addEventListener("change", ({ target }) => {
  open(target.files[0]);
  target.value = ""; // so that the same file can be opened again
});
// While they pass down, so that a file is caught wherever it is dropped.
document.addEventListener("dragover", (event) => event.preventDefault(), true);
document.addEventListener("drop", (event) => {
  event.preventDefault();
  open(fileOf(event.dataTransfer));
}, true);
document.addEventListener("paste", (event) => open(fileOf(event.clipboardData)));
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input") || event.altKey) return;
  const isUndo = (event.ctrlKey || event.metaKey) && event.key === "z";
  if (isUndo) pad.undo();
  else if (event.ctrlKey || event.metaKey) return;
  else if (event.key === "Backspace") pad.undo();
  else if (event.key === "Escape" || event.key === "Delete") pad.clear();
  else if (model.labels.includes(event.key)) correct(event.key);
});
showAnswer();
warmUp(6);

/** Read a bar some times: the browser compiles loops that it runs, best before a stroke. */
function warmUp(times) {
  const bar = new ImageData(300, 300);
  new Uint32Array(bar.data.buffer).fill(0xffffffff).fill(0xff000000, 45_000, 54_000);
  setTimeout(() => {
    readPicture(bar, model);
    if (times > 1) warmUp(times - 1);
  });
}
