// What a model needs in memory: its weights, and the keys and values of what it has read.
//
// The two formulas are those of byhand/memory.py; one fixture in tests/ holds for both.
(() => {
  "use strict";

  /** Bytes of cached keys and values: L layers, K key-value heads of width Dh, T tokens, batch B. */
  function kvCacheBytes({ L, K, Dh, T, B, bytes }) {
    return 2 * L * K * Dh * T * B * bytes;
  }

  /** Bytes of a model's weights. */
  function weightBytes({ parameters, bytes }) {
    return parameters * bytes;
  }

  const LLAMA_3 = ["Grattafiori et al. 2024, table 3", "https://arxiv.org/abs/2407.21783"];
  const hub = (name) =>
    [`config.json of ${name}`, `https://huggingface.co/${name}/blob/main/config.json`];
  const sizes = (L, K, Dh, parameters, context, source) => ({ L, K, Dh, parameters, context, source });
  const MODELS = {
    "town-gpt": sizes(4, 4, 32, 957_184, 256),
    "GPT-2": sizes(12, 12, 64, 124_439_808, 1024, hub("openai-community/gpt2")),
    "Llama-2-7B": sizes(32, 32, 128, 6_738_415_616, 4096, hub("meta-llama/Llama-2-7b-hf")),
    "Mistral-7B": sizes(32, 8, 128, 7_241_732_096, 8192,
      ["Jiang et al. 2023, table 1", "https://arxiv.org/abs/2310.06825"]),
    "Llama-3-8B": sizes(32, 8, 128, 8_030_261_248, 8192, LLAMA_3),
    "Llama-3-70B": sizes(80, 8, 128, 70_553_706_496, 8192, LLAMA_3),
    "Llama-3.1-405B": sizes(126, 8, 128, 405_853_388_800, 131072, LLAMA_3),
  };
  const FIRST = "Llama-3-8B";
  const CARDS = [16, 24, 40, 80, 160, 640].map((size) => [size, `${size} GiB`]);
  const FORMATS = [[4, "32 bits"], [2, "16 bits"], [1, "8 bits"], [0.5, "4 bits"]];
  const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

  const number = (value) => Playgrounds.ui.number(value); // late: tests run the formulas without ui

  /** 2.00 GiB and the like: three digits that count. */
  function size(bytes) {
    let unit = 0;
    for (; bytes >= 1024 && unit < UNITS.length - 1; unit++) bytes /= 1024;
    return `${bytes >= 1024 ? number(Math.round(bytes)) : +bytes.toPrecision(3)} ${UNITS[unit]}`;
  }

  Playgrounds.memory = { kvCacheBytes, weightBytes, MODELS, size };

  Playgrounds.register("memory", (place) => {
    const { element, slider, choice, spoken, row } = Playgrounds.ui;
    const paragraph = (text) => element("p", { class: "playground-note" }, text);
    const state = { model: FIRST, T: 8192, B: 1, cache: 2, weights: 2, card: 24 };
    const change = (given) => (Object.assign(state, given), show());

    const names = Object.keys(MODELS).map((name) => [name, name]);
    const list = (label, key, pairs) =>
      choice(label, pairs, state[key], (value) => change({ [key]: +value }));
    const doubling = (label, key, max, say) => {
      const range = { min: 0, max, value: Math.log2(state[key]), say: (value) => say(2 ** value) };
      return slider(label, range, (value) => change({ [key]: 2 ** value }));
    };
    const facts = paragraph("");
    const formula = element("div", { class: "memory-formula" });
    const bars = element("div", { class: "memory-bars", role: "img" });
    const says = spoken();

    function show() {
      const model = MODELS[state.model];
      const { L, K, Dh } = model;
      const cache = kvCacheBytes({ L, K, Dh, T: state.T, B: state.B, bytes: state.cache });
      const weights = weightBytes({ parameters: model.parameters, bytes: state.weights });
      facts.replaceChildren(
        `${state.model}: ${L} layers, ${K} key-value heads of width ${Dh}, `
        + `${number(model.parameters)} parameters, a context of ${number(model.context)}. `,
        model.source
          ? element("a", { href: model.source[1] }, model.source[0])
          : "Trained for this book.");
      formula.replaceChildren(
        line("Cache", [
          ["2", "keys, values"], [L, "layers"], [K, "heads"], [Dh, "width"],
          [number(state.T), "tokens"], [state.B, "batch"], [state.cache, "bytes"],
        ], cache),
        line("Weights", [
          [number(model.parameters), "parameters"], [state.weights, "bytes"],
        ], weights));
      drawBars(weights, cache);
      says.tell(sentence(model, weights, cache));
    }

    /** "Cache = 2 · 32 · ... = 1 GiB", each factor with what it counts below it. */
    function line(name, factors, bytes) {
      return element("p", {}, element("b", {}, name), " = ",
        ...factors.flatMap(([value, what], i) => [
          i ? " × " : "",
          element("span", { class: "factor" },
            element("span", {}, String(value)), element("small", {}, what)),
        ]),
        " = ", element("b", {}, size(bytes)));
    }

    function drawBars(weights, cache) {
      const card = state.card * 2 ** 30;
      const whole = Math.max(card, weights + cache);
      const share = (bytes) => `${(100 * bytes) / whole}%`;
      bars.style.setProperty("--card", share(card));
      bars.setAttribute("aria-label",
        `Weights ${size(weights)} and cache ${size(cache)}, beside ${state.card} GiB at hand.`);
      bars.replaceChildren(
        element("div", { class: "memory-bar" },
          element("span", { class: "weights", style: `width: ${share(weights)}` }),
          element("span", { class: "cache", style: `width: ${share(cache)}` })),
        element("ul", {},
          element("li", { class: "weights" }, `weights ${size(weights)}`),
          element("li", { class: "cache" }, `cache ${size(cache)}`),
          element("li", { class: "at-hand" }, `${state.card} GiB at hand`)));
    }

    function sentence(model, weights, cache) {
      const perToken = kvCacheBytes({ ...model, T: 1, B: 1, bytes: state.cache });
      const fits = weights + cache <= state.card * 2 ** 30;
      const left = Math.floor((state.card * 2 ** 30 - weights) / perToken);
      const room = left > 0
        ? `beside the weights there is room for ${number(left)} tokens.`
        : "the weights alone are too large.";
      const far = state.T > model.context
        ? ` The model was made for ${number(model.context)} tokens of context.` : "";
      return `Each token costs ${size(perToken)}. Together ${size(weights + cache)} `
        + `${fits ? "fit" : "do not fit"} into ${state.card} GiB: ${room}${far}`;
    }

    place.append(
      row(choice("Model", names, state.model, (model) => change({ model })),
        list("Weights in", "weights", FORMATS), list("Cache in", "cache", FORMATS),
        list("Memory at hand", "card", CARDS)),
      row(doubling("Context", "T", 20, (tokens) => `${number(tokens)} tokens`),
        doubling("Batch", "B", 10, number)),
      facts, formula, bars, says,
      paragraph("Activations, buffers and the program itself come on top."),
    );
    show();
  });
})();
