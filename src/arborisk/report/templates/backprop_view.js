// Drawing and steering. DATA is the trace that Python wrote.

const DATA = JSON.parse(document.getElementById("trace").textContent);
const LAST = DATA.sizes.length - 1;
const SOFTMAX = DATA.sigma[LAST - 1] === "softmax";
const $ = id => document.getElementById(id);
// A page can be opened at a step and with other numbers: page.html?at=9&eta=0.3&input=0.2,-0.7
const asked = new URLSearchParams(location.search);
const listed = text => text.split(",").map(Number);
const state = { at: 0 };
let run;
let moments;

function layersWith(sigma) {
  return DATA.weights.map((w, l) => ({
    w, b: DATA.biases[l], sigma: l === LAST - 1 && SOFTMAX ? "softmax" : sigma || DATA.sigma[l],
  }));
}

function reset() {
  state.eta = DATA.eta;
  state.x = DATA.input[0].slice();
  state.y = DATA.target[0].slice();
  state.layers = layersWith("");
}

function compute() {
  run = train(state.layers, state.x, state.y, state.eta, DATA.cost, DATA.costs.length - 1);
  moments = momentsOf(run, DATA.sizes, SOFTMAX);
  $("at").max = moments.length - 1;
}

// Equations of a moment, as the Python trace numbers them.
function equationsOf(moment) {
  const wanted = moment.kind === "update" ? ["w_new", "b_new"] : moment.kind === "dC_dz" ? ["dC_dw"] : [moment.kind];
  const layer = moment.kind === "C" ? 0 : moment.layer;
  return wanted.map(one => {
    const entry = DATA.entries.find(e => e.iteration === 0 && e.name === one && e.layer === layer);
    return entry ? entry.equations : [];
  }).filter(list => list.length);
}

function whichLayer(layer) {
  if (layer === LAST) return layer === 1 ? "layer 1 is layer L, the output" : `layer ${layer} is layer L, the output`;
  return `layer ${layer} is layer L${MINUS}${LAST - layer}`;
}

function svg(tag, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// Where neuron j (from 0) of a layer stands.
const COLUMN = 150;
const ROW = 74;
const most = Math.max(...DATA.sizes);
const place = (layer, j) => ({ x: 40 + COLUMN * layer, y: 38 + ROW * (j + (most - DATA.sizes[layer]) / 2) });

function drawNetwork(moment) {
  const picture = $("network");
  picture.replaceChildren();
  const width = 80 + COLUMN * LAST;
  const height = 76 + ROW * (most - 1) + 22;
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.style.minWidth = LAST > 2 ? `${0.85 * width}px` : "";
  picture.style.maxWidth = `${1.25 * width}px`;
  const one = moment.kind === "end" ? run.end : run.iterations[moment.r];
  const known = moments.slice(0, state.at + 1).filter(m => m.r === moment.r);
  const has = (kind, layer) => known.some(m => m.kind === kind && m.layer === layer);
  const isEnd = moment.kind === "end";
  const edgeLayer = ["z", "dC_dw", "update"].includes(moment.kind) ? moment.layer : moment.kind === "dC_da" ? moment.layer + 1 : 0;
  const labels = [];
  for (let layer = 1; layer <= LAST; layer += 1) {
    const updated = !isEnd && has("update", layer);
    const weights = updated ? one.back[layer - 1].w_new : one.layers[layer - 1].w;
    weights.forEach((row, j) => row.forEach((w, k) => {
      const from = place(layer - 1, k);
      const to = place(layer, j);
      const active = layer === edgeLayer;
      picture.append(svg("line", {
        x1: from.x, y1: from.y, x2: to.x, y2: to.y,
        class: `edge${w < 0 ? " negative" : ""}${active ? " active" : ""}`,
        "stroke-width": Math.min(5, 0.8 + 2 * Math.abs(w)),
      }));
      if (!active) return;
      const value = moment.kind === "dC_dw" ? one.back[layer - 1].dC_dw[j][k] : weights[j][k];
      // Labels of neighbours stand at different distances, so that they do not meet.
      const t = k % 2 ? 0.55 : 0.3;
      labels.push(svg("text", { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) + 4, class: "onedge" }, brief(value)));
    }));
  }
  picture.append(...labels);
  DATA.sizes.forEach((size, layer) => {
    for (let j = 0; j < size; j += 1) {
      const { x, y } = place(layer, j);
      const isActive = moment.layer === layer && ["z", "a", "dC_da", "dC_dz", "dC_db", "C"].includes(moment.kind);
      picture.append(svg("circle", { cx: x, cy: y, r: 23, class: `neuron${isActive ? " active" : ""}` }));
      const knowsA = layer === 0 || has("a", layer) || isEnd;
      const knowsZ = layer > 0 && has("z", layer);
      const value = moment.kind === "start" && layer > 0 ? "" : knowsA ? one.a[layer][j] : knowsZ ? one.z[layer - 1][j] : "";
      const letter = layer > 0 && knowsZ && !knowsA ? "z" : "a";
      picture.append(svg("text", { x, y: y - 5, class: "inside small" }, name(letter, layer, j + 1)));
      picture.append(svg("text", { x, y: y + 11, class: "inside" }, value === "" ? "?" : brief(value)));
      if (!isEnd && has("dC_da", layer) && layer < LAST && layer > 0) {
        picture.append(svg("text", { x, y: y + 36, class: "below" }, `\u2202C/\u2202a ${shown(one.back[layer - 1].dC_da[j])}`));
      } else if (!isEnd && layer === LAST && has("dC_dw", layer) && !SOFTMAX) {
        picture.append(svg("text", { x, y: y + 36, class: "below" }, `\u2202C/\u2202a ${shown(one.back[layer - 1].dC_da[j])}`));
      } else if (layer === LAST) {
        picture.append(svg("text", { x, y: y + 36, class: "target" }, `y ${shown(state.y[j])}`));
      }
    }
  });
}

// On a phone a deep network is wider than the screen: the layer in question is brought into it.
function bringIntoSight(moment) {
  const box = $("network").parentElement;
  const scale = $("network").getBoundingClientRect().width / (80 + COLUMN * LAST);
  box.scrollLeft = moment.layer ? place(moment.layer, 0).x * scale - box.clientWidth / 2 : 0;
}

function fillEquations(moment) {
  const box = $("equations");
  box.replaceChildren();
  for (const numbers of equationsOf(moment)) {
    const instead = moment.layer === LAST && DATA.instead[moment.kind];
    if (instead) {
      box.append(Object.assign(document.createElement("div"), { className: "equation", innerHTML:
        `<p class="number">In place of equations ${numbers.join(", ")}</p><div class="wide">${instead}</div>`
        + "<p class=\"note\">Softmax cross-entropy, as Model 1 learns by, instead of the deck's square.</p>" }));
      continue;
    }
    const main = DATA.formulas[numbers[0]];
    const line = document.createElement("div");
    line.className = "equation";
    const written = numbers.map(n => DATA.formulas[n]).find((f, n) => n > 0 && moment.layer < LAST && f.printed.length > main.printed.length);
    line.innerHTML = `<p class="number">Equation${numbers.length > 1 ? "s" : ""} ${numbers.join(", ")}</p><div class="wide">${main.printed}</div>`
      + (written ? `<p class="note">Written out, from the cost down:</p><div class="wide">${written.printed}</div>` : "")
      + `<p class="note">In full, for neuron j of its layer and neuron k of the layer before:</p><div class="wide">${main.indexed}</div>`;
    if (main.note) line.append(Object.assign(document.createElement("p"), { className: "note", textContent: main.note }));
    box.append(line);
  }
  if (moment.layer && !["C", "start", "end"].includes(moment.kind)) {
    box.append(Object.assign(document.createElement("p"), { className: "note", textContent: `In this network ${whichLayer(moment.layer)}.` }));
  }
}

function fillTable(moment) {
  const { head, rows, terms } = tableOf(moment, run, state);
  const table = $("numbers");
  table.className = terms ? "terms" : "factors";
  const cell = (tag, text, scope) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (scope) made.scope = scope;
    return made;
  };
  const top = document.createElement("tr");
  top.append(...head.map(text => (text ? cell("th", text, "col") : cell("td", ""))));
  const body = document.createElement("tbody");
  for (const row of rows) {
    const line = document.createElement("tr");
    line.append(cell("th", row[0], "row"), ...row.slice(1, -1).map(text => cell("td", text)));
    line.append(cell("td", (terms ? "= " : "") + row[row.length - 1]));
    line.lastChild.className = "result";
    body.append(line);
  }
  const header = document.createElement("thead");
  header.append(top);
  table.replaceChildren(header, body);
  return { rows, terms };
}

// w\u2081\u2082\u207D\u00B9\u207E as "w 1 2 of layer 1".
function aloud(text) {
  return text.replace(/[\u2080-\u2089]/g, one => ` ${one.charCodeAt(0) - 0x2080}`)
    .replace(/\u207D([^\u207E]*)\u207E/g, (_, layer) => ` of layer ${[...layer].map(one => RAISED.indexOf(one)).join("")}`);
}

// The step in words, for those who hear the page.
function spoken(moment, title, { rows, terms }) {
  const numbers = equationsOf(moment).flat();
  const equation = numbers.length ? `Equation${numbers.length > 1 ? "s" : ""} ${numbers.join(", ")}. ` : "";
  const first = rows[0];
  const middle = first.slice(1, -1).join(terms ? " " : " times ");
  const says = middle ? `${first[0]}: ${middle} is ${first[first.length - 1]}.` : `${first[0]}: ${first[1]}.`;
  const rest = rows.length > 1 ? ` ${rows.length - 1} more in the table.` : "";
  const words = moment.kind === "update" ? `${first[0]}: ${first[1]} minus ${first[2]} times ${first[3]} is ${first[4]}.` : says;
  return `${title}. ${equation}${aloud(words)}${rest}`.replaceAll(MINUS, "minus ").replaceAll("\u00D7", "times").replaceAll("\u2202", "d ");
}

function show() {
  const moment = moments[state.at];
  const [pass, what] = TITLES[moment.kind] || [];
  let title;
  if (moment.kind === "start") title = "Start: weights drawn at random, biases zero";
  else if (moment.kind === "end") title = `End: after ${run.iterations.length} update${run.iterations.length > 1 ? "s" : ""}`;
  else title = `Iteration ${moment.r}, ${pass}${moment.kind === "C" ? "" : `, layer ${moment.layer}`}: ${what}`;
  $("title").textContent = title;
  $("count").textContent = `Step ${state.at} of ${moments.length - 1}`;
  $("at").value = state.at;
  $("at").setAttribute("aria-valuetext", title);
  drawNetwork(moment);
  bringIntoSight(moment);
  fillEquations(moment);
  const filled = fillTable(moment);
  $("say").textContent = spoken(moment, title, filled);
  $("network").setAttribute("aria-label", `Network of ${DATA.sizes.join(", ")} neurons. ${title}.`);
  $("back").disabled = $("first").disabled = state.at === 0;
  $("next").disabled = $("last").disabled = state.at === moments.length - 1;
  const reached = moments.slice(0, state.at + 1).filter(one => one.kind === "C").length;
  const known = moment.kind === "end" ? run.costs.length : reached;
  $("costs").textContent = run.costs.slice(0, known).map(shown).join(" \u2192 ") || "not yet computed";
}

function go(to) {
  state.at = Math.min(Math.max(to, 0), moments.length - 1);
  show();
}

function slider(label, value, range, change) {
  const line = document.createElement("label");
  line.className = "slider";
  const input = Object.assign(document.createElement("input"), { type: "range", min: Math.min(range[0], value), max: Math.max(range[1], value), step: 0.01, value });
  const text = Object.assign(document.createElement("output"), { textContent: shown(value) });
  input.addEventListener("input", () => {
    text.textContent = shown(Number(input.value));
    change(Number(input.value));
    compute();
    show();
    agreement();
  });
  line.append(Object.assign(document.createElement("span"), { textContent: label }), input, text);
  return line;
}

function fillSliders() {
  const box = $("sliders");
  box.replaceChildren(slider("learning rate \u03B7", state.eta, [0.01, 5], value => { state.eta = value; }));
  state.x.forEach((value, k) => box.append(slider(`input ${name("a", 0, k + 1)}`, value, [-2, 2], moved => { state.x[k] = moved; })));
  if (!SOFTMAX) state.y.forEach((value, j) => box.append(slider(`target y${low(j + 1)}`, value, [-1, 1], moved => { state.y[j] = moved; })));
}

function agreement() {
  const differences = DATA.entries.map(entry => largestDifference(quantity(run.iterations, entry), entry.values));
  const largest = Math.max(...differences);
  const untouched = largest < 1e-9;
  const numbers = sum(DATA.entries.map(entry => [entry.values].flat(3).length));
  $("agree").textContent = untouched
    ? `This page computes everything itself. All ${numbers} numbers agree with those of Python; the largest difference is ${largest.toExponential(0)}.`
    : "You changed something: these numbers are computed on this page alone.";
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || ["INPUT", "SELECT"].includes(event.target.tagName)) return;
  const to = { ArrowRight: state.at + 1, ArrowLeft: state.at - 1, Home: 0, End: moments.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  go(to);
});
$("next").addEventListener("click", () => go(state.at + 1));
$("back").addEventListener("click", () => go(state.at - 1));
$("first").addEventListener("click", () => go(0));
$("last").addEventListener("click", () => go(moments.length - 1));
$("at").addEventListener("input", () => go(Number($("at").value)));
$("sigma").addEventListener("change", () => { state.layers = layersWith($("sigma").value); compute(); show(); agreement(); });
$("reset").addEventListener("click", () => {
  reset();
  $("sigma").value = DATA.sigma[0] === "softmax" ? "sigmoid" : DATA.sigma[0];
  fillSliders();
  compute();
  show();
  agreement();
});

reset();
if (asked.has("eta")) state.eta = Number(asked.get("eta"));
if (asked.has("input")) state.x = listed(asked.get("input"));
if (asked.has("target")) state.y = listed(asked.get("target"));
if (asked.has("sigma")) state.layers = layersWith(asked.get("sigma"));
$("sigma").value = state.layers[0].sigma;
fillSliders();
compute();
go(Number(asked.get("at") || 0));
agreement();
