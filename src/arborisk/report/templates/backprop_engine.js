"use strict";
// The arithmetic of arborisk.deck once more, for one sample: equations 18 to 40.
// Lists count from 0: layers[0] is layer 1.

const SIGMAS = {
  sigmoid: { value: z => { const s = Math.exp(-Math.abs(z)); return (z >= 0 ? 1 : s) / (1 + s); },
    slope: (z, a) => a * (1 - a) },
  tanh: { value: Math.tanh, slope: (z, a) => 1 - a * a },
  relu: { value: z => Math.max(z, 0), slope: z => (z > 0 ? 1 : 0) },
  identity: { value: z => z, slope: () => 1 },
};

const sum = list => list.reduce((total, one) => total + one, 0);

function activated(z, sigma) {
  if (sigma !== "softmax") return z.map(SIGMAS[sigma].value);
  const raised = z.map(one => Math.exp(one - Math.max(...z)));
  return raised.map(one => one / sum(raised));
}

function costOf(z, a, y, cost) {
  if (cost === "squared_error") return sum(a.map((one, j) => (one - y[j]) ** 2));
  const top = Math.max(...z);
  const logSum = Math.log(sum(z.map(one => Math.exp(one - top))));
  return sum(z.map((one, j) => y[j] * (logSum - (one - top))));
}

// One iteration: what every layer computes forward, backward and in the update.
function iterate(layers, x, y, eta, cost) {
  const a = [x];
  const z = [];
  for (const layer of layers) {
    const before = a[a.length - 1];
    z.push(layer.w.map((row, j) => sum(row.map((w, k) => w * before[k])) + layer.b[j]));
    a.push(activated(z[z.length - 1], layer.sigma));
  }
  const last = a[a.length - 1];
  let dC_da = cost === "squared_error"
    ? last.map((one, j) => 2 * (one - y[j]))
    : last.map((one, j) => (y[j] ? -y[j] / one : 0));
  const back = [];
  for (let l = layers.length - 1; l >= 0; l -= 1) {
    const { w, b, sigma } = layers[l];
    let da_dz;
    let dC_dz;
    if (sigma === "softmax") {
      da_dz = a[l + 1].map((one, j) => a[l + 1].map((other, i) => one * ((i === j ? 1 : 0) - other)));
      dC_dz = a[l + 1].map((one, i) => one * sum(y) - y[i]);
    } else {
      da_dz = z[l].map((one, j) => SIGMAS[sigma].slope(one, a[l + 1][j]));
      dC_dz = dC_da.map((one, j) => one * da_dz[j]);
    }
    const dC_dw = dC_dz.map(one => a[l].map(below => one * below));
    back[l] = {
      dC_da, da_dz, dz_dw: a[l], dz_da: w, dC_dz, dC_dw, dC_db: dC_dz.slice(),
      w_new: w.map((row, j) => row.map((one, k) => one - eta * dC_dw[j][k])),
      b_new: b.map((one, j) => one - eta * dC_dz[j]),
    };
    const sent = dC_dz;
    dC_da = a[l].map((_, k) => sum(sent.map((one, j) => one * w[j][k])));
  }
  return { layers, a, z, cost: costOf(z[z.length - 1], last, y, cost), back };
}

// All iterations, and the cost after the last.
function train(start, x, y, eta, cost, nSteps) {
  let layers = start;
  const iterations = [];
  for (let r = 0; r < nSteps; r += 1) {
    const one = iterate(layers, x, y, eta, cost);
    iterations.push(one);
    layers = layers.map((layer, l) => ({ ...layer, w: one.back[l].w_new, b: one.back[l].b_new }));
  }
  const end = iterate(layers, x, y, eta, cost);
  return { iterations, layers, end, costs: [...iterations.map(one => one.cost), end.cost] };
}

// The quantity that a row of the Python trace names.
function quantity(iterations, entry) {
  const one = iterations[entry.iteration];
  if (entry.name === "C") return one.cost;
  if (entry.name === "a") return one.a[entry.layer];
  if (entry.name === "z") return one.z[entry.layer - 1];
  if (entry.name === "w" || entry.name === "b") return one.layers[entry.layer - 1][entry.name];
  return entry.name === "dz_db" ? 1 : one.back[entry.layer - 1][entry.name];
}

function largestDifference(ours, theirs) {
  const mine = [ours].flat(3);
  const other = [theirs].flat(3);
  if (mine.length !== other.length) return Infinity;
  return Math.max(...mine.map((one, place) => Math.abs(one - other[place])));
}
