"use strict";
// Reading: one digit in a picture, or the digits of a drawing from left to right.

/** Read the digit of a picture: {label, probability, probabilities, framed, nDigits}. */
function readPicture(picture, model) {
  const { framed, nDigits } = framingSteps(picture, model.framing);
  const probabilities = predictProba(model.network, framed.data);
  const best = argmax(probabilities);
  return {
    framed,
    nDigits,
    probabilities,
    label: nDigits ? model.labels[best] : "",
    probability: nDigits ? probabilities[best] : 0,
  };
}

/** Read a drawing: one reading per digit, left to right, each with its strokes. */
function readDrawing(pad, model) {
  const whole = { ...readPicture(pad.pixels(), model), strokes: pad.strokes };
  const groups = whole.nDigits > 1 ? groupStrokes(pad.strokes) : [];
  if (groups.length < 2) return [whole];
  return groups.map((strokes) => (
    { ...readPicture(pad.pixels(strokes), model), strokes }));
}

/** Group strokes to digits, by the rules that tell digits apart in a picture. */
function groupStrokes(strokes) {
  let groups = strokes.map((stroke) => (
    { strokes: [stroke], window: stroke.window() }));
  for (;;) {
    const pair = nearestPair(groups);
    if (!pair) break;
    const [a, b] = pair;
    const joined = {
      strokes: [...a.strokes, ...b.strokes], window: union(a.window, b.window),
    };
    groups = [...groups.filter((group) => group !== a && group !== b), joined];
  }
  const tallest = Math.max(...groups.map(({ window }) => sidesOf(window)[0]));
  return groups
    .filter(({ window }) => sidesOf(window)[0] >= DIGIT_HEIGHT * tallest)
    .sort((a, b) => a.window.left + a.window.right - b.window.left - b.window.right)
    .map((group) => group.strokes);
}

/** The nearest two groups that are parts of one digit. */
function nearestPair(groups) {
  let [pair, nearest] = [null, Infinity];
  groups.forEach((a, i) => groups.slice(i + 1).forEach((b) => {
    const [small, large] = sidesOf(a.window)[0] < sidesOf(b.window)[0] ? [a, b] : [b, a];
    const apart = gap(a.window, b.window);
    const isPart = apart <= REACH * Math.max(...sidesOf(large.window))
      && !isAnotherDigit(small.window, large.window);
    if (isPart && apart < nearest) [pair, nearest] = [[a, b], apart];
  }));
  return pair;
}
