// Fewer bits for a real model: a matrix over its grid of levels, the error, the bytes, the loss of a
// text, and the story that comes of it. The arithmetic is in rounding.js.
(() => {
  "use strict";

  const { MAIN, element, button, textField, slider, choice, spoken, row, storyBox, number, percent } =
    Playgrounds.ui;
  const BITS = [2, 3, 4, 6, 8];
  const SIZES = [0, 2, 4, 8, 16, 32]; // of the planted weight, in largest weights
  const GROUPS = [
    ["tensor", "whole matrix"], ["channel", "channel"], [64, "64 weights"], [32, "32 weights"],
  ];
  const PARTS = {
    "attn.c_attn": "queries, keys, values", "attn.c_proj": "attention, out",
    "mlp.c_fc": "feed-forward, in", "mlp.c_proj": "feed-forward, out",
  };
  const FIRST = "h.1.mlp.c_fc.weight";
  const WRITTEN = 70; // tokens of a story
  const BREATH = 30; // milliseconds of work between two looks at the page
  const BINS = 64; // of the histogram, about
  const SVG = "http://www.w3.org/2000/svg";
  const signed = (value) => String(value).replace("-", "−");
  const nats = (value) => (value === undefined ? "…" : Number.isNaN(value) ? "–" : value.toFixed(2));

  Playgrounds.register("explorer", async (place, load) => {
    const { tokenizer, model } = await load("model");
    const { round, bytesOf, errorOf, plant, matricesOf, withWeights, lossOf, write } = Playgrounds.rounding;
    const matrices = new Map(matricesOf(model));
    const state = {
      text: place.dataset.text, bits: 4, group: "channel", size: 0, seed: 0, all: true,
      name: matrices.has(FIRST) ? FIRST : [...matrices.keys()][0],
    };
    const known = new Map(); // what the model says before rounding, by what it depends on
    let turn = 0;

    const change = (given) => (Object.assign(state, given), show());
    const bits = slider("Bits", {
      min: 0, max: BITS.length - 1, value: BITS.indexOf(state.bits), say: (i) => String(BITS[i]),
    }, (i) => change({ bits: BITS[i] }));
    const size = slider("Outlier", {
      min: 0, max: SIZES.length - 1, value: 0, say: (i) => (i ? `${SIZES[i]} × the largest` : "none"),
    }, (i) => change({ size: SIZES[i] }));
    const groups = choice("A scale for each", GROUPS, state.group,
      (value) => change({ group: Number(value) || value }));
    const which = choice("Matrix", [...matrices.keys()].map((name) => [name, titleOf(name)]), state.name,
      (name) => change({ name }));
    const scope = choice("Rounded", [["all", "all matrices"], ["one", "this matrix only"]], "all",
      (value) => change({ all: value === "all" }));
    const writing = choice("Stories", [[0, "greedy"], ...[1, 2, 3].map((seed) => [seed, `drawn, seed ${seed}`])],
      0, (value) => change({ seed: +value }));
    const fewer = button("Take bits away", () => toBits(BITS.indexOf(state.bits) - 1), MAIN);
    const back = button("Back to 8 bits", () => toBits(BITS.length - 1));
    const picture = element("div", { class: "levels", role: "img" });
    const table = element("table", { class: "costs" });
    const says = spoken();
    const boxes = [storyBox("Story before rounding"), storyBox("Story after rounding")];
    const captions = boxes.map(() => element("p", { class: "playground-note" }));

    function titleOf(name) {
      const [, layer, part] = /^h\.(\d+)\.(.+)\.weight$/.exec(name) ?? [];
      if (part) return `Layer ${+layer + 1}: ${PARTS[part]}`;
      return name.startsWith("wte") ? "Token embedding" : "Position embedding";
    }

    function toBits(i) {
      bits.set(i);
      change({ bits: BITS[i] });
    }

    // ---- the work: rounding at once, then token by token, until the reader changes something

    async function show() {
      const mine = ++turn;
      const { name, all, size, seed } = state;
      fewer.disabled = state.bits === BITS[0];
      back.disabled = state.bits === BITS.at(-1);
      const given = size ? plant(model.tensors[name], matrices.get(name), size)
        : { matrix: model.tensors[name] };
      const found = { ...given, ...costs(all ? [...matrices.keys()] : [name], given.matrix) };
      const zero = drawLevels(found);
      captions[0].textContent = size ? "Before rounding, with the outlier" : "Before rounding";
      captions[1].textContent = `${state.bits} bits`;
      drawCosts(found);
      says.tell(sentence(zero), false);

      const ids = [tokenizer.end, ...tokenizer.encode(state.text)].slice(0, model.config.context);
      const begun = opening(ids);
      const before = withWeights(model, { [name]: given.matrix });
      const after = withWeights(model, found.weights);
      const running = () => mine === turn && place.isConnected;
      const key = [state.text, size, size && name].join("|");
      const losses = {};
      for (const [when, one] of [["before", before], ["after", after]]) {
        const work = () => finish(lossOf(one, ids), running);
        losses[when] = await (when === "before" ? once(`${key}|loss`, work) : work());
        if (!running()) return;
        drawCosts(found, losses);
      }
      const settings = { most: WRITTEN, seed, end: tokenizer.end };
      tellStory(1, begun, []);
      const told = await once(`${key}|story ${seed}`,
        () => finish(write(before, begun, settings), running, (now) => tellStory(0, begun, now)));
      if (!running()) return;
      tellStory(0, begun, told);
      const worse = await finish(write(after, begun, settings), running,
        (now) => tellStory(1, begun, now));
      if (!running()) return;
      tellStory(1, begun, worse);
      says.tell(sentence(zero, losses, parting(told, worse)));
    }

    /** Rounds matrices; gives their new weights, and what is told of the chosen one. */
    function costs(names, chosen) {
      const found = { weights: { [state.name]: chosen }, count: 0, bytes: 0 };
      for (const name of names) {
        const matrix = name === state.name ? chosen : model.tensors[name];
        const { rounded, steps, scales } = round(matrix, matrices.get(name), state.bits, state.group);
        found.weights[name] = rounded;
        found.count += matrix.length;
        found.bytes += bytesOf(matrix.length, state.bits, scales);
        if (name === state.name) found.steps = steps;
      }
      return found;
    }

    /** Runs a generator, with looks at the page; gives what it returns, or nothing if it was stopped. */
    async function finish(work, running, tell = () => {}) {
      let rested = performance.now();
      for (;;) {
        const { value, done } = work.next();
        if (done) return value;
        if (performance.now() - rested < BREATH) continue;
        tell(value);
        await new Promise((resume) => setTimeout(resume));
        if (!running()) return undefined;
        rested = performance.now();
      }
    }

    async function once(key, work) {
      const value = known.get(key) ?? await work();
      if (value !== undefined) known.set(key, value);
      return value;
    }

    /** The text up to its first full stop, as ids: with this the stories begin. */
    function opening(ids) {
      const first = /^[^.]*\./.exec(state.text)?.[0] ?? state.text;
      return ids.slice(0, Math.min(tokenizer.encode(first).length + 1, model.config.context / 2));
    }

    function parting(one, other) {
      const length = Math.max(one.length, other.length);
      let same = 0;
      while (same < length && one[same] === other[same]) same++;
      if (same === length) return "The two stories are the same.";
      if (!same) return "The stories part at their first token.";
      return `The stories part after ${same} token${same > 1 ? "s" : ""}.`;
    }

    // ---- what is seen of it

    function tellStory(which, begun, ids) {
      const ended = ids.at(-1) === tokenizer.end;
      boxes[which].tell(tokenizer.decode(begun.slice(1)),
        tokenizer.decode(ended ? ids.slice(0, -1) : ids), ended);
    }

    /**
     * Above the line the weights as they are, below it the levels that they are rounded to; gives the
     * share of those that become 0. A weight counts for the two bins that it lies between: it comes in
     * 8 bits, and where these meet the edges of bins would else be a comb.
     */
    function drawLevels({ steps, matrix }) {
      const most = 2 ** (state.bits - 1) - 1;
      const levels = 2 * most + 1;
      const fine = 2 * Math.floor(BINS / levels / 2) + 1; // bins of a level, an odd number
      const bins = new Float64Array(levels * fine);
      const counts = new Float64Array(levels);
      for (const step of steps) {
        const place = Math.max(0, Math.min(bins.length - 1, (step + most + 0.5) * fine - 0.5));
        const below = Math.floor(place);
        bins[below] += 1 - (place - below);
        if (place > below) bins[below + 1] += place - below;
        counts[Math.max(-most, Math.min(most, Math.round(step))) + most] += 1;
      }
      const drawing = document.createElementNS(SVG, "svg");
      drawing.setAttribute("viewBox", `0 0 ${levels} 2`);
      drawing.setAttribute("preserveAspectRatio", "none");
      const largest = [bins, counts].map((some) => some.reduce((a, b) => Math.max(a, b)));
      const bars = [...bins].map((count, i) =>
        `M${i / fine} 1h${1 / fine}v${-count / largest[0]}h${-1 / fine}z`);
      const wide = Math.min(0.5, levels / 80);
      const sticks = [...counts].map((count, i) =>
        `M${i + (1 - wide) / 2} 1h${wide}v${count / largest[1]}h${-wide}z`);
      const grid = levels < 64 ? [...counts].map((_, i) => `M${i + 0.5} 0v2`) : [];
      for (const [look, paths] of Object.entries({ grid, before: bars, after: sticks })) {
        const path = document.createElementNS(SVG, "path");
        path.setAttribute("class", look);
        path.setAttribute("d", paths.join(""));
        drawing.append(path);
      }
      const marks = most <= 7 ? [...counts].map((_, i) => i - most) : [-most, 0, most];
      const label = (level) => element("span", {
        class: most > 7 && level && (level < 0 ? "first" : "last"),
        style: `left: ${(100 * (level + most + 0.5)) / levels}%`,
      }, signed(level));
      const zero = counts[most] / matrix.length;
      const used = counts.filter((count) => count).length;
      const outlier = element("span", { class: "outlier", style: `right: ${50 / levels}%` }, "outlier");
      picture.replaceChildren(drawing, state.size ? outlier : "", element("div", { class: "marks" }, ...marks.map(label)));
      picture.setAttribute("aria-label", `${titleOf(state.name)}: ${used} of ${levels} levels are used, `
        + `and ${percent(zero)} of its weights become 0.`);
      return percent(zero);
    }

    function drawCosts({ matrix, at, weights, bytes, count }, { before, after } = {}) {
      const error = errorOf(matrix, weights[state.name], at);
      const surprise = Math.log(model.config.vocabulary); // of who knows nothing
      const scope = state.all ? "all matrices" : "this matrix";
      const cost = (look, name, value, share, mark) => element("tr", { class: look },
        element("th", { scope: "row" }, name), element("td", {}, value),
        element("td", { class: "bar", "aria-hidden": "true" },
          element("span", { class: "left", style: `width: ${100 * Math.min(1, share)}%` }),
          mark ? element("span", { class: "mark", style: `left: ${100 * Math.min(1, mark)}%` }) : ""));
      table.replaceChildren(element("tbody", {},
        cost("error", "Error of this matrix", percent(error), error),
        cost("memory", `Bytes of ${scope}`, `${number(bytes)} (${number(bytes / count * 8)} bits a weight)`,
          bytes / (2 * count)),
        cost("loss", "Loss of the text", `${nats(after)} nats (${nats(before)} before)`, (after ?? 0) / surprise,
          (before ?? 0) / surprise)));
    }

    function sentence(zero, losses, ends) {
      const lead = `Rounded to ${state.bits} bits: ${zero} of the weights in `
        + `“${titleOf(state.name)}” become 0.`;
      return losses
        ? `${lead} The loss goes from ${nats(losses.before)} to ${nats(losses.after)}. ${ends}` : lead;
    }

    place.append(
      element("div", { class: "sliders" }, which, bits, groups, size, scope, writing), row(fewer, back),
      picture,
      element("p", { class: "playground-note" }, "Above the line: the weights, divided by the scale of their "
        + "group. Below it: how many are rounded to each level."),
      table, says,
      textField("Text", state.text, (text) => change({ text }), 3),
      element("div", { class: "two-stories" },
        ...boxes.map((box, i) => element("div", {}, captions[i], box))));
    show();
  }, { anyModel: true });
})();
