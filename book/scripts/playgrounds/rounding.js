// Weights in fewer bits: symmetric rounding with one scale for each group, and what it costs.
//
// Owns the arithmetic of the explorer, in float32 as torch does it; tests compare the two.
(() => {
  "use strict";

  /** To the nearest whole number, from the middle to the even one. */
  function nearest(value) {
    const up = Math.round(value);
    return Math.abs(value % 1) === 0.5 && up % 2 ? up - 1 : up;
  }

  /** A positive number as a float of 16 bits has it. */
  function half(value) {
    if (!value) return 0;
    const step = 2 ** (Math.max(Math.floor(Math.log2(value)), -14) - 10);
    return nearest(value / step) * step;
  }

  /**
   * A matrix, row after row, on a grid of 2^bits - 1 levels: { rounded, steps, scales }.
   *
   * `group` is "tensor", "channel" (a row, which makes one output) or a number of weights in a row.
   * Each group has one scale of 16 bits. `steps` are the weights divided by it, before rounding, and
   * `scales` says how many there are.
   */
  function round(matrix, columns, bits, group) {
    const most = 2 ** (bits - 1) - 1;
    const run = group === "tensor" ? matrix.length : columns;
    const size = Math.min(run, typeof group === "number" ? group : run);
    const steps = new Float32Array(matrix.length);
    const rounded = new Float32Array(matrix.length);
    let scales = 0;
    for (let from = 0, to; from < matrix.length; from = to) {
      to = Math.min(from + size, from - (from % run) + run); // no group goes on in the next row
      let largest = 0;
      for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(matrix[i]));
      const scale = half(Math.fround(largest / most)) || 1;
      scales += 1;
      for (let i = from; i < to; i++) {
        steps[i] = matrix[i] / scale;
        rounded[i] = Math.max(-most, Math.min(most, nearest(steps[i]))) * scale;
      }
    }
    return { rounded, steps, scales };
  }

  /** Bytes of weights and of their scales, two for each. */
  const bytesOf = (weights, bits, scales) => Math.ceil((weights * bits) / 8) + 2 * scales;

  /** What rounding changed, as a share of the size of the weights; a planted one is left out. */
  function errorOf(matrix, rounded, planted = -1) {
    let lost = 0, whole = 0;
    for (let i = 0; i < matrix.length; i++) {
      if (i === planted) continue;
      lost += (rounded[i] - matrix[i]) ** 2;
      whole += matrix[i] ** 2;
    }
    return whole ? Math.sqrt(lost / whole) : 0;
  }

  /** A copy in which the weight in the middle is `size` times the largest one: { matrix, at }. */
  function plant(matrix, columns, size) {
    const at = Math.floor(matrix.length / columns / 2) * columns + Math.floor(columns / 2);
    let largest = 0;
    for (const weight of matrix) largest = Math.max(largest, Math.abs(weight));
    const planted = matrix.slice();
    planted[at] = size * largest;
    return { matrix: planted, at };
  }

  // ---- a model with other weights; what takes long is done token by token

  /** The matrices of a GPT-2: [name, columns]. */
  function matricesOf({ tensors, config: { width, inner } }) {
    return Object.keys(tensors)
      .filter((name) => /^w[tp]e\.weight$|\.c_\w+\.weight$/.test(name))
      .map((name) => [name, name.endsWith("mlp.c_proj.weight") ? inner : width]);
  }

  /** A model that shares all weights of another one but those that are given. */
  const withWeights = ({ config, tensors }, given) =>
    new Playgrounds.GPT({ config, unpacked: { ...tensors, ...given } });

  /** The mean surprise at each token after the first, in nats. */
  function* lossOf(model, ids) {
    let sum = 0;
    model.forget();
    for (let i = 0; i + 1 < ids.length; i++) {
      const logits = model.step(ids[i]);
      const largest = logits.reduce((a, b) => Math.max(a, b));
      const total = logits.reduce((before, logit) => before + Math.exp(logit - largest), 0);
      sum += Math.log(total) + largest - logits[ids[i + 1]];
      yield;
    }
    return sum / (ids.length - 1);
  }

  /** What a model writes after a prompt, up to its end mark: the new ids so far, again and again. */
  function* write(model, prompt, { most, seed, end }) {
    const random = Playgrounds.randomNumbers(seed);
    const ids = [];
    while (ids.length < most && prompt.length + ids.length < model.config.context && ids.at(-1) !== end) {
      const settings = { temperature: seed ? 1 : 0 };
      const found = Playgrounds.candidates(model.read([...prompt, ...ids]), [], settings);
      ids.push(Playgrounds.draw(found, random()));
      yield ids;
    }
    return ids;
  }

  Object.assign((globalThis.Playgrounds ??= {}), {
    rounding: { round, bytesOf, errorOf, plant, matricesOf, withWeights, lossOf, write },
  });
})();
