// The next token's distribution, live: what penalties and temperature do to it, what top-k and
// top-p cut from it, and the text that comes of drawing from it again and again.
(() => {
  "use strict";

  const { MAIN, element, button, textField, slider, spoken, row, storyBox, visible, number, percent } =
    Playgrounds.ui;
  const SHOWN = 10; // rows of the table
  const BREATH = 30; // milliseconds of work between two looks at the page
  const END = "The model wrote its end mark.";

  const unless = (off, say) => (value) => (value === off ? "off" : say(value));
  const two = (value) => value.toFixed(2);
  const SLIDERS = [ // setting, label, min, max, step, at first, what is said of a value
    ["temperature", "Temperature", 0, 2, 0.05, 1, (value) => (value ? two(value) : "0, greedy")],
    ["topK", "Top-k", 0, 50, 1, 0, unless(0, (value) => `${value} tokens`)],
    ["topP", "Top-p", 0.05, 1, 0.05, 1, unless(1, two)],
    ["repetition", "Repetition penalty", 1, 2, 0.05, 1, unless(1, two)],
    ["presence", "Presence penalty", 0, 2, 0.1, 0, unless(0, two)],
    ["frequency", "Frequency penalty", 0, 2, 0.1, 0, unless(0, two)],
  ];

  Playgrounds.register("sampling", async (place, load) => {
    const { tokenizer, model } = await load("model");
    const settings = {};
    let prompt, ids, random, running = false;

    const text = textField("Prompt", place.dataset.text, begin);
    const sliders = SLIDERS.map(([name, label, min, max, step, value, say]) => {
      settings[name] = value;
      const change = (given) => ((settings[name] = given), show());
      return slider(label, { min, max, step, value, say }, change);
    });
    const caption = element("caption");
    const body = element("tbody");
    const table = element("table", { class: "next-token" },
      caption,
      element("thead", {}, element("tr", {}, ...["Token", "Probability", "", "Cut by"].map((title) =>
        title ? element("th", { scope: "col" }, title) : element("td", { class: "bar" })))), body);
    const says = spoken();
    const again = () => begin(text.control.value);
    const seed = element("input", { type: "number", min: 0, max: 999999, value: 1, oninput: again });
    const generate = button("Generate", write, MAIN);
    const one = button("One token", () => (step(), show()));
    const stop = button("Stop", () => (running = false), { disabled: true });
    const clear = button("Clear", again);
    const story = storyBox("Text");
    const speed = spoken();

    /** Back to the prompt, and to the first random number of the seed. */
    function begin(value) {
      running = false;
      const most = model.config.context / 2;
      prompt = [tokenizer.end, ...tokenizer.encode(value)].slice(0, most);
      ids = [...prompt];
      random = Playgrounds.randomNumbers(+seed.value);
      speed.tell("");
      model.read(ids);
      show();
    }

    const next = () => Playgrounds.candidates(model.read(ids), ids.slice(1), settings);
    const full = () => ids.length >= model.config.context;
    const ended = () => ids.length > prompt.length && ids.at(-1) === tokenizer.end;

    /** Draws one token and appends it. */
    function step() {
      if (!full() && !ended()) ids.push(Playgrounds.draw(next(), random()));
    }

    async function write() {
      again();
      running = true;
      toggle();
      const started = performance.now();
      let rested = started;
      while (running && place.isConnected && !full() && !ended()) {
        step();
        if (performance.now() - rested < BREATH) continue;
        tell();
        await new Promise((resume) => setTimeout(resume));
        rested = performance.now();
      }
      const written = ids.length - prompt.length;
      const rate = Math.round((1000 * written) / (performance.now() - started));
      const why = ended() ? END : full() ? "The context is full." : "Stopped.";
      running = false;
      show();
      speed.tell(`${written} tokens, ${rate} tokens per second. ${why}`);
    }

    function toggle() {
      generate.disabled = running;
      one.disabled = running || full() || ended();
      stop.disabled = !running;
    }

    function tell() {
      const written = ids.slice(prompt.length, ended() ? -1 : undefined);
      story.tell(tokenizer.decode(prompt.slice(1)), tokenizer.decode(written), ended());
    }

    function show() {
      toggle();
      tell();
      if (running) return;
      const found = next();
      caption.textContent = ended() ? "The first token of the next document" : "The next token";
      const longest = Math.max(found[0].before, found[0].probability);
      const rows = found.slice(0, SHOWN).map((one) => drawRow(one, longest));
      body.replaceChildren(...rows, drawRest(found.slice(SHOWN)));
      says.tell(sayCut(found));
    }

    const name = (id) => (id === tokenizer.end ? "⟨end⟩" : visible(tokenizer.decode([id])));

    function drawRow({ id, before, probability, cut }, longest) {
      const width = (share) => `${((100 * share) / longest).toFixed(2)}%`;
      return element("tr", { class: cut ? "cut" : "" },
        element("th", { scope: "row" }, name(id)),
        element("td", {}, percent(cut ? before : probability)),
        element("td", { class: "bar", "aria-hidden": "true" },
          element("span", { class: "before", style: `width: ${width(before)}` }),
          element("span", { class: "left", style: `width: ${width(probability)}` })),
        element("td", {}, cut));
    }

    function drawRest(others) {
      const kept = others.filter((one) => !one.cut);
      const told = kept.length ? kept : others;
      const share = total(told, kept.length ? "probability" : "before");
      return element("tr", { class: kept.length ? "" : "cut" },
        element("th", { scope: "row" }, `${number(told.length)} others`),
        element("td", {}, percent(share)),
        element("td", { class: "bar" }),
        element("td", {}, told[0].cut));
    }

    function sayCut(found) {
      if (ended()) return `${END} The text is complete.`;
      const kept = found.filter((one) => !one.cut);
      const lead = `“${name(found[0].id)}” leads with ${percent(found[0].probability)}.`;
      if (kept.length === found.length) {
        return `${lead} Nothing is cut: all ${number(found.length)} tokens can be drawn.`;
      }
      const lost = total(found.filter((one) => one.cut), "before");
      const left = kept.length === 1 ? "One token is" : `${number(kept.length)} tokens are`;
      return `${lead} ${left} left of ${number(found.length)}; `
        + `what is cut had ${percent(lost)} together.`;
    }

    const total = (some, what) => some.reduce((sum, one) => sum + one[what], 0);

    place.append(
      text, element("div", { class: "sliders" }, ...sliders),
      element("p", { class: "playground-note" },
        "Penalties count every token so far, those of the prompt too."),
      table, says,
      row(element("label", { class: "playground-field" }, "Seed", seed), generate, one, stop, clear),
      story, speed,
    );
    begin(place.dataset.text);
  }, { anyModel: true });
})();
