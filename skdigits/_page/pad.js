"use strict";
// The canvas to draw on.

const LONGEST_SIDE = 1024; // of the canvas in its own pixels

/** One stroke: points as shares of the width of the pad, and how wide the pen was. */
class Stroke {
  constructor(pad) {
    this.pad = pad;
    this.points = [];
  }

  /** The bounding box, in pixels of the pad. */
  window() {
    const { width } = this.pad.canvas;
    const of = (name, pick, sign) => pick(...this.points.map(
      (point) => (point[name] + (sign * point.width) / 2) * width));
    return {
      top: Math.floor(of("y", Math.min, -1)), bottom: Math.ceil(of("y", Math.max, 1)),
      left: Math.floor(of("x", Math.min, -1)), right: Math.ceil(of("x", Math.max, 1)),
    };
  }

  paint(context, from = 1) {
    const { width } = context.canvas;
    const { points } = this;
    context.lineCap = context.lineJoin = "round";
    for (let i = Math.min(from, points.length - 1); i < points.length; i++) {
      const [start, stop] = [points[Math.max(i - 1, 0)], points[i]];
      context.lineWidth = stop.width * width;
      context.beginPath();
      context.moveTo(start.x * width, start.y * width);
      context.lineTo(stop.x * width, stop.y * width);
      context.stroke();
    }
  }
}

/** The pad holds either strokes or a picture, and says when either changes. */
class Pad {
  /** `onChange(isDone)` is called while a stroke is drawn, and when it is done. */
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.onChange = onChange;
    this.penWidth = 0.045;
    this.strokes = [];
    this.picture = null;
    this.pointer = null;
    // Opaque, so that what is saved looks like what is seen; read often, so in memory.
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.spare = document.createElement("canvas").getContext(
      "2d", { alpha: false, willReadFrequently: true });
    canvas.addEventListener("pointerdown", (event) => this.start(event));
    canvas.addEventListener("pointermove", (event) => this.extend(event));
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => this.end(event));
    }
    new ResizeObserver(() => this.fit()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener(
      "change", () => this.paint());
    this.fit();
  }

  get isEmpty() {
    return !this.picture && this.strokes.length === 0;
  }

  start(event) {
    if (event.button > 0 || this.pointer !== null) return;
    this.pointer = event.pointerId;
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch { /* a pointer that a script made up cannot be captured */ }
    if (this.picture) this.clear();
    this.strokes.push(new Stroke(this));
    this.extend(event);
  }

  extend(event) {
    if (event.pointerId !== this.pointer) return;
    const stroke = this.strokes.at(-1);
    const from = stroke.points.length;
    const box = this.canvas.getBoundingClientRect();
    const events = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY, pressure } of events.length ? events : [event]) {
      // A mouse has no pressure, and says 0.5.
      const force = event.pointerType === "pen" && pressure ? 0.5 + pressure : 1;
      stroke.points.push({
        x: (clientX - box.left) / box.width,
        y: (clientY - box.top) / box.width,
        width: this.penWidth * force,
      });
    }
    this.applyColors(this.context);
    stroke.paint(this.context, from);
    this.onChange(false);
  }

  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.onChange(true);
  }

  undo() {
    if (this.picture) this.picture = null;
    else this.strokes.pop();
    this.paint();
    this.onChange(true);
  }

  clear() {
    this.picture = null;
    this.strokes = [];
    this.paint();
    this.onChange(true);
  }

  /** Show a picture (an ImageBitmap) in place of strokes. */
  show(picture) {
    this.strokes = [];
    this.picture = picture;
    this.paint();
    this.onChange(true);
  }

  /** Give the canvas as many pixels as the screen has at its place. */
  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    const density = Math.min(
      devicePixelRatio, LONGEST_SIDE / Math.max(clientWidth, clientHeight, 1));
    const width = Math.max(Math.round(clientWidth * density), 1);
    const height = Math.max(Math.round(clientHeight * density), 1);
    if (width === this.canvas.width && height === this.canvas.height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.paint();
  }

  applyColors(context) {
    const style = getComputedStyle(this.canvas);
    context.fillStyle = style.backgroundColor;
    context.strokeStyle = style.color;
  }

  paint(context = this.context, strokes = this.strokes) {
    const { width, height } = context.canvas;
    this.applyColors(context);
    context.fillRect(0, 0, width, height);
    if (this.picture) {
      const scale = Math.min(width / this.picture.width, height / this.picture.height);
      const [w, h] = [this.picture.width * scale, this.picture.height * scale];
      context.drawImage(this.picture, (width - w) / 2, (height - h) / 2, w, h);
    }
    for (const stroke of strokes) stroke.paint(context);
  }

  /** What is drawn, or some strokes of it alone, as {height, width, data}. */
  pixels(strokes = this.strokes) {
    const context = strokes === this.strokes ? this.context : this.alone(strokes);
    return context.getImageData(0, 0, this.canvas.width, this.canvas.height);
  }

  /** A canvas with some strokes alone. */
  alone(strokes) {
    this.spare.canvas.width = this.canvas.width;
    this.spare.canvas.height = this.canvas.height;
    this.paint(this.spare, strokes);
    return this.spare;
  }
}
