// Beam search as a tree: every text is extended by every token, the best few go on. Beside it runs
// greedy writing, which keeps one.
//
// The search is that of solutions/stopping_and_beams.py; tests compare the two.
(() => {
  "use strict";

  const MOST = 4; // beams
  const SHOWN = MOST + 1; // children of a text: no other can be kept, whatever ends

  // ---- the search: a text is { ids, sum, parent }, its new ids and the sum of their log-probabilities

  function logSoftmax(logits) {
    const largest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return Float64Array.from(logits, (logit) => logit - largest - Math.log(sum));
  }

  /** How many ids two lists have in common from the start. */
  function shared(one, other) {
    let length = 0;
    while (length < one.length && one[length] === other[length]) length++;
    return length;
  }

  /**
   * The log-probabilities of all tokens after a prompt and new ids, as a function of the new ids.
   *
   * Texts of a tree share their beginnings. So there are some models, and one that would lose what
   * it has read hands a copy of it to the one that has rested longest.
   */
  function reader(makeModel, prompt) {
    const models = Array.from({ length: 2 * MOST }, makeModel);
    const known = new Map();

    function read(ids) {
      let model = models.reduce((a, b) => (shared(b.ids, ids) > shared(a.ids, ids) ? b : a));
      if (model.ids.length > shared(model.ids, ids)) {
        copy(model, models[0]);
        model = models[0];
      }
      models.push(...models.splice(models.indexOf(model), 1));
      return logSoftmax(model.read(ids));
    }

    return (ids) => {
      const key = ids.join();
      if (!known.has(key)) known.set(key, read([...prompt, ...ids]));
      return known.get(key);
    };
  }

  function copy(from, to) {
    for (const tables of ["keys", "values"]) from[tables].forEach((t, i) => to[tables][i].set(t));
    for (const list of ["ids", "attention", "logits"]) to[list] = [...from[list]];
  }

  /** The best children of a text, the likeliest first. */
  function children(parent, logps) {
    return Array.from(logps, (logp, id) => ({ id, logp }))
      .sort((a, b) => b.logp - a.logp)
      .slice(0, SHOWN)
      .map(({ id, logp }) => ({ ids: [...parent.ids, id], sum: parent.sum + logp, parent }));
  }

  /** Before the first step: one text, and nothing in it. */
  function begin() {
    const root = { ids: [], sum: 0, parent: null };
    return { grown: [], live: [root], ended: [], finished: [], greedy: root };
  }

  /**
   * One step: { grown, live, ended, finished, greedy }.
   *
   * `grown` has the best children of each text that went on, `live` those that go on now, `ended`
   * what has ended in this step, `finished` all that has ended so far.
   */
  function next({ live, finished, greedy }, logp, W, end) {
    const ends = (text) => text.ids.at(-1) === end;
    const grown = live.map((text) => children(text, logp(text.ids)));
    const ranked = grown.flat().sort((a, b) => b.sum - a.sum);
    const ended = ranked.slice(0, W).filter(ends);
    return {
      grown, ended,
      live: ranked.filter((text) => !ends(text)).slice(0, W),
      finished: [...finished, ...ended],
      greedy: ends(greedy) ? greedy : children(greedy, logp(greedy.ids))[0],
    };
  }

  const score = ({ ids, sum }, alpha) => sum / ids.length ** alpha;

  /** All texts that there are after a step, the best by score first. */
  function byScore({ live, finished }, alpha) {
    return [...finished, ...live].sort((a, b) => score(b, alpha) - score(a, alpha));
  }

  Playgrounds.beams = { reader, begin, next, score, byScore }; // tests run these without a page

  // ---- what is seen of it

  const OPENING = 3; // steps that are there from the start, so that there is a tree
  const PACE = 110; // milliseconds between two steps, so that one can follow
  const PLACES = ["best", "2nd", "3rd", "4th"];
  const HYPHEN = "\u2010";
  const SVG = "http://www.w3.org/2000/svg";
  const signed = (value) => String(value).replace("-", "−");
  const digits = (value) => signed(value.toFixed(2));

  Playgrounds.register("beams", async (place, load) => {
    const { MAIN, element, button, textField, slider, spoken, row, number, visible } = Playgrounds.ui;
    const { tokenizer } = await load("model");
    const { context, vocabulary } = Playgrounds.files.weights.config;
    let W = 3, alpha = 1, limit = 24;
    let logp, levels, at, timer;

    const text = textField("Beginning", place.dataset.text, read);
    const sliders = [
      slider("Beams W", { min: 1, max: MOST, value: W },
        (value) => ((W = value), (levels = [begin()]), go(at))),
      slider("Length penalty α", { min: -1, max: 2, step: 0.5, value: alpha, say: signed },
        (value) => ((alpha = value), go(at))),
      slider("Limit", { min: 4, max: 48, step: 4, value: limit, say: (value) => `${value} tokens` },
        (value) => ((limit = value), go(at))),
    ];
    const step = button("Step", () => go(at + 1), MAIN);
    const back = button("Back", () => go(at - 1));
    const run = button("Run to the end", () => (timer ? go(at) : start()));
    const again = button("Again", () => go(0));
    const says = spoken();
    const box = (name, look, label) =>
      element(name, { class: look, tabindex: 0, role: "group", "aria-label": label });
    const tree = box("div", "beam-tree", "Tree of texts");
    const contest = element("div", { class: "contest" });
    const texts = box("div", "beam-texts", "Texts by score");
    const note = (...words) => element("p", { class: "playground-note" }, ...words);

    function read(value) {
      const prompt = [tokenizer.end, ...tokenizer.encode(value)].slice(0, context / 2);
      logp = reader(() => new Playgrounds.GPT(Playgrounds.files.weights), prompt);
      levels = [begin()];
      go(OPENING);
    }

    const go = (to) => (rest(), (at = to), show());

    function start() {
      if (at >= limit) at = 0;
      timer = setInterval(() => {
        at += 1;
        if (at >= limit) rest();
        show();
      }, PACE);
      show();
    }

    function rest() {
      clearInterval(timer);
      timer = undefined;
    }

    function show() {
      at = Math.min(at, limit);
      while (levels.length <= at) levels.push(next(levels.at(-1), logp, W, tokenizer.end));
      const level = levels[at];
      const ranked = at ? byScore(level, alpha) : [];
      run.textContent = timer ? "Stop" : "Run to the end";
      step.disabled = at >= limit;
      back.disabled = again.disabled = !at;
      drawTree(ranked);
      contest.style.setProperty("--rows", Math.ceil(W / 2)); // where the page is narrow
      contest.replaceChildren(...level.grown.map(drawFamily));
      texts.replaceChildren(at ? drawText(level.greedy, "greedy") : "",
        ...ranked.map((one) => drawText(one, stateOf(one), one === ranked[0])));
      says.tell(sentence(level, ranked), !timer);
    }

    // ---- words

    const ends = (ids) => ids.at(-1) === tokenizer.end;
    const written = (ids) => tokenizer.decode(ends(ids) ? ids.slice(0, -1) : ids);
    const stateOf = ({ ids }) => (ends(ids) ? "finished" : at < limit ? "goes on" : "at the limit");

    /** A text's last token; a hyphen before it where it stays in the word. */
    function name({ ids }) {
      if (ends(ids)) return "⟨end⟩";
      const [last, before] = [ids.slice(-1), ids.slice(-2, -1)].map((id) => tokenizer.decode(id));
      const inWord = /^\p{L}/u.test(last) && /\p{L}$/u.test(before);
      return (inWord ? HYPHEN : "") + (last.trim() || visible(last));
    }

    function sentence({ live, ended, greedy, grown }, [best]) {
      if (!at) return "There is only the beginning. A step extends it by every token.";
      const left = live.length > 1 ? `${live.length} beams that are left count`
        : "beam that is left counts";
      const fate = at === limit ? `Step ${at} is the limit: the ${left} as finished, too.`
        : `Step ${at}: of ${number(grown.length * vocabulary)} texts ${live.length} `
          + (live.length > 1 ? "go on." : "goes on.");
      const fresh = ended.length ? ` Finished here: ${ended.length}.` : "";
      const same = best.ids.join() === greedy.ids.join();
      return `${fate}${fresh} The best score is ${digits(score(best, alpha))}. Greedy writing has `
        + (same ? "the same text." : `${digits(score(greedy, alpha))}.`);
    }

    /** "goes on", "−4.10 / 12¹ = −0.34", and the text. */
    function drawText(one, state, wins = false) {
      return element("p", { class: wins ? "wins" : state },
        element("span", { class: "state" }, state),
        element("span", { class: "score" }, `${digits(one.sum)} / ${one.ids.length}`,
          element("sup", {}, signed(alpha)), " = ", element("b", {}, digits(score(one, alpha)))),
        element("span", { class: "written" }, written(one.ids), ends(one.ids) ? " ⟨end⟩" : ""));
    }

    /** The best children of a text, and what became of each. */
    function drawFamily(family) {
      const { live, ended } = levels[at];
      const [{ parent }] = family;
      const caption = parent.parent
        ? [`${PLACES[levels[at - 1].live.indexOf(parent)]} `, element("b", {}, `… ${name(parent)}`),
          ` ${digits(parent.sum)}`]
        : ["the beginning"];
      const rows = family.map((child) => {
        const fate = PLACES[live.indexOf(child)] ?? (ended.includes(child) ? "finished" : "dropped");
        const dropped = fate === "dropped"; // its row is struck out
        return element("tr", { class: dropped && "cut" },
          element("th", { scope: "row" }, name(child)),
          element("td", {}, digits(child.sum)),
          element("td", {}, element("span", { class: dropped && "visually-hidden" }, fate)));
      });
      return element("table", {}, element("caption", {}, ...caption), element("tbody", {}, ...rows));
    }

    // ---- the tree: a column for each step, a line from a text to those that come from it

    function drawTree([best]) {
      const shown = levels.slice(1, at + 1);
      const left = lineage([...levels[at].live, ...levels[at].finished]);
      const winning = lineage(best ? [best] : []);
      const look = (one) => (winning.has(one) ? "wins" : left.has(one) ? "left" : "cut");
      const cell = (line, column, kind, words) =>
        element("span", { class: kind, style: `grid-area: ${line} / ${column}` }, words);
      const nodes = new Map(); // where each text is drawn; those that end in one step stand together
      function node(texts, line, column, words = name(texts[0])) {
        const kind = texts.find((one) => winning.has(one)) ?? texts[0];
        const drawn = cell(line, column, `node ${look(kind)}`, words);
        for (const one of texts) nodes.set(one, drawn);
        return drawn;
      }

      const ended = (count) => (count > 1 ? `⟨end⟩ × ${count}` : "⟨end⟩");
      const labels = ["step", "greedy", ...PLACES.slice(0, W), "finished"];
      const picture = element("div", { class: "beams", role: "img", "aria-label": told(shown) },
        ...labels.map((label, i) => cell(i + 1, 1, "label", label)),
        node(levels[0].live, 3, 2, "·"),
        ...shown.flatMap((level, i) => [
          cell(1, i + 3, "number", i + 1),
          level.greedy.ids.length > i ? cell(2, i + 3, "node", name(level.greedy)) : "",
          ...level.live.map((one, rank) => node([one], rank + 3, i + 3)),
          level.ended.length ? node(level.ended, W + 3, i + 3, ended(level.ended.length)) : "",
        ]));
      tree.replaceChildren(picture);
      picture.append(drawLines(nodes, look));
      tree.scrollLeft = tree.scrollWidth;
    }

    /** Texts and all that they come from. */
    function lineage(texts) {
      const found = new Set();
      for (let one of texts) for (; one && !found.has(one); one = one.parent) found.add(one);
      return found;
    }

    function drawLines(nodes, look) {
      const lines = document.createElementNS(SVG, "svg");
      lines.setAttribute("aria-hidden", "true");
      for (const [one, { offsetLeft, offsetTop, offsetHeight }] of nodes) {
        if (!one.parent) continue;
        const from = nodes.get(one.parent);
        const line = document.createElementNS(SVG, "path");
        const bend = offsetLeft - 14; // straight on below shorter words, then up or down
        const [y, to] = [from.offsetTop, offsetTop].map((top) => top + offsetHeight / 2);
        line.setAttribute("d", `M${from.offsetLeft + from.offsetWidth} ${y}H${bend}L${offsetLeft} ${to}`);
        line.setAttribute("class", look(one));
        lines.append(line);
      }
      return lines;
    }

    const told = (shown) => `${shown.length} steps. ` + (shown.at(-1)?.live ?? [])
      .map((one, i) => `${PLACES[i]}: ${written(one.ids)}`).join("; ");

    place.append(
      text, element("div", { class: "sliders" }, ...sliders), row(step, back, run, again), says, tree,
      note("The best extensions of each text, with their sums. All others are dropped, too."), contest,
      note("All texts by score: sum / (number of new tokens)", element("sup", {}, "α")), texts);
    read(place.dataset.text);
  });
})();
