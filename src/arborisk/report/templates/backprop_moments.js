// What is shown at each step: a heading, the equations, and a table of numbers.

const MINUS = "\u2212";
const RAISED = "\u2070\u00B9\u00B2\u00B3\u2074\u2075\u2076\u2077\u2078\u2079";
const low = index => [...String(index)].map(one => (one === "," ? "," : "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"[one])).join("");
const name = (letter, layer, index) => `${letter}${index ? low(index) : ""}\u207D${[...String(layer)].map(one => RAISED[one]).join("")}\u207E`;

function shown(number) {
  if (!Number.isFinite(number)) return "too large";
  const size = Math.abs(number);
  const text = size === 0 || (size >= 0.001 && size < 10000) ? size.toFixed(4) : size.toExponential(2).replace("e-", `e${MINUS}`).replace("e+", "e");
  return (number < 0 ? MINUS : "") + text;
}
// For the drawing: at most six characters.
function brief(number) {
  const size = Math.abs(number);
  if (size !== 0 && (size < 0.0005 || size >= 1000)) return shown(number).replace(/\.\d+e/, "e");
  return (number < 0 ? MINUS : "") + size.toFixed(3);
}
const inBrackets = number => (number < 0 ? `(${shown(number)})` : shown(number));

// Moments of all iterations, in the deck's order.
function momentsOf(run, sizes, softmaxLast) {
  const last = sizes.length - 1;
  const found = [{ kind: "start", r: 0, layer: 0 }];
  run.iterations.forEach((_, r) => {
    for (let layer = 1; layer <= last; layer += 1) found.push({ kind: "z", r, layer }, { kind: "a", r, layer });
    found.push({ kind: "C", r, layer: last });
    for (let layer = last; layer >= 1; layer -= 1) {
      if (layer < last) found.push({ kind: "dC_da", r, layer });
      if (layer === last && softmaxLast) found.push({ kind: "dC_dz", r, layer });
      found.push({ kind: "dC_dw", r, layer }, { kind: "dC_db", r, layer }, { kind: "update", r, layer });
    }
  });
  found.push({ kind: "end", r: run.iterations.length - 1, layer: 0 });
  return found;
}

const TITLES = {
  z: ["forward pass", "weighted sum"], a: ["forward pass", "activation"], C: ["forward pass", "cost"],
  dC_da: ["backward pass", "what the layer above sends down"],
  dC_dz: ["backward pass", "back through the softmax"],
  dC_dw: ["backward pass", "gradient of the weights"], dC_db: ["backward pass", "gradient of the biases"],
  update: ["update", "new weights and biases"],
};

// Rows of numbers: label, the factors or terms, and the result.
function tableOf(moment, run, state) {
  const { kind, r, layer } = moment;
  const one = run.iterations[r];
  const l = layer - 1;
  const softmax = state.layers[state.layers.length - 1].sigma === "softmax";
  if (kind === "start" || kind === "end") {
    const layers = kind === "start" ? state.layers : run.layers;
    const rows = [];
    layers.forEach((of, i) => of.w.forEach((row, j) => {
      row.forEach((w, k) => rows.push([name("w", i + 1, `${j + 1}${k + 1}`), shown(w)]));
      rows.push([name("b", i + 1, `${j + 1}`), shown(of.b[j])]);
    }));
    return { head: ["", kind === "start" ? "starts at" : "is now"], rows };
  }
  const { w, b, sigma } = one.layers[l];
  const before = one.a[l];
  const back = one.back[l];
  if (kind === "z") {
    return { head: ["", "weights times activations, and the bias", ""], terms: true, rows: w.map((row, j) => [
      name("z", layer, j + 1),
      `${row.map((value, k) => `${k ? inBrackets(value) : shown(value)} \u00D7 ${inBrackets(before[k])}`).join(" + ")} + ${inBrackets(b[j])}`,
      shown(one.z[l][j])]) };
  }
  if (kind === "a") {
    const letter = sigma === "softmax" ? "softmax" : "\u03C3";
    return { head: ["", `${sigma}`, ""], terms: true, rows: one.z[l].map((z, j) => [
      name("a", layer, j + 1), `${letter}(${shown(z)})`, shown(one.a[layer][j])]) };
  }
  if (kind === "C") {
    const a = one.a[layer];
    const terms = softmax
      ? a.map((value, j) => (state.y[j] ? `${MINUS}${shown(state.y[j])} \u00D7 ln ${shown(value)}` : "")).filter(Boolean)
      : a.map((value, j) => `(${shown(value)} ${MINUS} ${inBrackets(state.y[j])})\u00B2`);
    return { head: ["", "", ""], terms: true, rows: [["C", terms.join(" + "), shown(one.cost)]] };
  }
  if (kind === "dC_da") {
    const above = one.back[layer];
    const wAbove = one.layers[layer].w;
    const isSoftmax = one.layers[layer].sigma === "softmax";
    return { head: ["", isSoftmax ? "sum over the layer above of \u2202C/\u2202z \u00D7 w" : "sum over the layer above of \u2202C/\u2202a \u00D7 \u2202a/\u2202z \u00D7 w", ""], terms: true, rows: back.dC_da.map((value, k) => [
      `\u2202C/\u2202${name("a", layer, k + 1)}`,
      above.dC_dz.map((dz, j) => (isSoftmax ? [dz] : [above.dC_da[j], above.da_dz[j]]).concat(wAbove[j][k]).map(inBrackets).join(" \u00D7 ")).join(" + "),
      shown(value)]) };
  }
  if (kind === "dC_dz") {
    return { head: ["", "sum over outputs of \u2202C/\u2202a \u00D7 \u2202a/\u2202z: the same as a " + MINUS + " y", ""], terms: true, rows: back.dC_dz.map((value, i) => [
      `\u2202C/\u2202${name("z", layer, i + 1)}`,
      back.dC_da.map((da, j) => `${inBrackets(da)} \u00D7 ${inBrackets(back.da_dz[j][i])}`).join(" + ") + ` = ${shown(one.a[layer][i])} ${MINUS} ${shown(state.y[i])}`,
      shown(value)]) };
  }
  const isSoftmax = sigma === "softmax";
  const factors = j => (isSoftmax ? [back.dC_dz[j]] : [back.dC_da[j], back.da_dz[j]]);
  const head = isSoftmax ? ["\u2202C/\u2202z"] : ["\u2202C/\u2202a", "\u00D7 \u2202a/\u2202z"];
  if (kind === "dC_dw") {
    const rows = [];
    w.forEach((row, j) => row.forEach((_, k) => rows.push([
      name("w", layer, `${j + 1}${k + 1}`), ...factors(j).map(shown), shown(before[k]), shown(back.dC_dw[j][k])])));
    return { head: ["", ...head, "\u00D7 \u2202z/\u2202w", "= gradient"], rows };
  }
  if (kind === "dC_db") {
    return { head: ["", ...head, "\u00D7 \u2202z/\u2202b", "= gradient"], rows: b.map((_, j) => [
      name("b", layer, j + 1), ...factors(j).map(shown), "1", shown(back.dC_db[j])]) };
  }
  const rows = [];
  w.forEach((row, j) => row.forEach((value, k) => rows.push([
    name("w", layer, `${j + 1}${k + 1}`), shown(value), shown(state.eta), shown(back.dC_dw[j][k]), shown(back.w_new[j][k])])));
  b.forEach((value, j) => rows.push([
    name("b", layer, j + 1), shown(value), shown(state.eta), shown(back.dC_db[j]), shown(back.b_new[j])]));
  return { head: ["", "old", `${MINUS} \u03B7`, "\u00D7 gradient", "= new"], rows };
}
