// Speculative decoding, step by step: a small model drafts, town-gpt judges, and what is missing is
// drawn. Who wrote which token can be seen in the text.
(() => {
  "use strict";

  const { MAIN, element, button, textField, slider, spoken, row, visible, number, percent } =
    Playgrounds.ui ?? {};
  const MOST = 6; // tokens of a draft
  const SHOWN = 4; // tokens of what is missing
  const PACE = 350; // milliseconds between two steps, so that one can follow

  /** Probabilities at a temperature; at 0 all of it is the likeliest token's. */
  function shares(logits, temperature) {
    if (temperature) return Playgrounds.softmax(Float64Array.from(logits, (z) => z / temperature));
    const found = new Float64Array(logits.length);
    found[logits.indexOf(logits.reduce((a, b) => Math.max(a, b)))] = 1;
    return found;
  }

  /** The first id whose running sum exceeds v times the last sum. */
  function drawn(weights, v) {
    let rest = v * weights.reduce((sum, weight) => sum + weight, 0);
    const id = weights.findIndex((weight) => (rest -= weight) < 0);
    return id < 0 ? weights.findLastIndex((weight) => weight > 0) : id; // rounding left a crumb
  }

  /** Up to `count` tokens, and the shares from which each was drawn; none after the end mark. */
  function propose(drafter, ids, count, temperature, random, end) {
    const draft = [], q = [];
    while (draft.length < count && draft.at(-1) !== end) {
      q.push(shares(drafter.read([...ids, ...draft]), temperature));
      draft.push(drawn(q.at(-1), random()));
    }
    return { draft, q };
  }

  /** How many tokens of a draft are kept, and the weights from which the next token is drawn. */
  function judge(draft, q, p, u) {
    const refused = draft.findIndex((id, i) => u[i] * q[i][id] >= p[i][id]);
    const kept = refused < 0 ? draft.length : refused;
    if (kept === draft.length) return { kept, left: p[kept] };
    return { kept, left: p[kept].map((share, id) => Math.max(0, share - q[kept][id])) };
  }

  Playgrounds.speculative = { shares, drawn, propose, judge };

  Playgrounds.register("speculative", async (place, load) => {
    const { tokenizer, model, drafter } = await load("drafter");
    const settings = { count: 4, temperature: 1 };
    let given, ids, own, random, phase, now, told, timer;

    const text = textField("Prompt", place.dataset.text, begin);
    const again = () => begin(text.control.value);
    const set = (name) => (value) => ((settings[name] = value), again());
    const count = slider("Tokens of a draft", { min: 1, max: MOST, value: 4 }, set("count"));
    const say = (value) => (value ? value.toFixed(1) : "0, greedy");
    const temperature = slider("Temperature", { min: 0, max: 1.5, step: 0.1, value: 1, say },
      set("temperature"));
    const seed = element("input", { type: "number", min: 0, max: 999999, value: 1, oninput: again });
    const step = button("Step", () => (rest(), advance(), show()), MAIN);
    const run = button("Run", () => (timer ? (rest(), show()) : go()));
    const clear = button("Again", again);
    const says = spoken();
    const counts = element("p", { class: "playground-counts" });
    const judged = table("The draft", ["Draft", "q", "p", "p/q", "Coin", ""]);
    const drawing = table("", ["Token", "q", "p", "Share", "", ""]);
    const story = element("p", { class: "story", "aria-label": "Text", tabindex: 0, role: "group" });

    function table(title, heads) {
      const made = element("table", { class: "next-token drafting" },
        element("caption", {}, title),
        element("thead", {}, element("tr", {}, ...heads.map((head) =>
          head ? element("th", { scope: "col" }, head) : element("td")))),
        element("tbody"));
      made.tell = (caption, rows) => {
        made.caption.textContent = caption;
        made.tBodies[0].replaceChildren(...rows);
      };
      return made;
    }

    /** Back to the prompt, and to the first random number of the seed. */
    function begin(value) {
      rest();
      given = [tokenizer.end, ...tokenizer.encode(value)].slice(0, model.config.context / 2);
      [ids, own, told] = [[...given], new Set(), { calls: 0, judged: 0, kept: 0 }];
      random = Playgrounds.randomNumbers(+seed.value);
      [phase, now] = ["draft", { draft: [], q: [] }];
      show();
    }

    const ended = () => ids.length > given.length && ids.at(-1) === tokenizer.end;
    const over = () => ended() || ids.length + 1 >= model.config.context;

    /** One of the three parts of a step. */
    function advance() {
      if (phase === "draft" && over()) return;
      if (phase === "draft") draftOne();
      else if (phase === "judge") judgeIt();
      else drawIt();
      phase = { draft: "judge", judge: "draw", draw: "draft" }[phase];
    }

    function draftOne() {
      const room = Math.min(settings.count, model.config.context - ids.length - 1);
      now = propose(drafter, ids, room, settings.temperature, random, tokenizer.end);
    }

    function judgeIt() {
      model.read([...ids, ...now.draft]);
      now.p = model.logits.slice(ids.length - 1).map((row) => shares(row, settings.temperature));
      now.u = now.draft.map(random);
      Object.assign(now, judge(now.draft, now.q, now.p, now.u));
      told.calls += 1;
      told.kept += now.kept;
      told.judged += Math.min(now.kept + 1, now.draft.length);
    }

    function drawIt() {
      now.token = drawn(now.left, random());
      const kept = now.draft.slice(0, now.kept);
      ids.push(...kept);
      if (ended()) return (now.token = undefined);
      own.add(ids.length);
      ids.push(now.token);
    }

    function go() {
      if (over() && phase === "draft") again();
      timer = setInterval(() => {
        do advance(); while (phase !== "draft");
        if (over()) rest();
        show();
      }, PACE);
      show();
    }

    function rest() {
      clearInterval(timer);
      timer = undefined;
    }

    // ---- what is seen

    const name = (id) => (id === tokenizer.end ? "⟨end⟩" : visible(tokenizer.decode([id])));
    const share = (value) => percent(value, 0.01);
    const cell = (...content) => element("td", {}, ...content);
    const title = (id) => element("th", { scope: "row" }, id === undefined ? "–" : name(id));

    function show() {
      const stopped = phase === "draft" && over();
      step.disabled = stopped;
      run.textContent = timer ? "Stop" : "Run";
      judged.tell("The draft", Array.from({ length: MOST }, (_, i) => drawDraft(i)));
      drawing.tell(...drawMissing());
      tellStory();
      tellCounts();
      says.tell(stopped ? "The text is complete. Again?" : words(), !timer);
    }

    /** A row of cells: what is not there yet is empty. */
    function line(id, kind, ...cells) {
      const filled = Array.from({ length: 5 }, (_, i) => cells[i] ?? cell());
      return element("tr", { class: id === undefined ? "cut empty" : kind }, title(id), ...filled);
    }

    function drawDraft(i) {
      const id = now.draft[i];
      if (id === undefined) return line();
      const q = now.q[i][id];
      if (!now.p) return line(id, "", cell(share(q)));
      const p = now.p[i][id];
      const verdict = i < now.kept ? "kept" : i === now.kept ? "refused" : "–";
      return line(id, i < now.kept ? "" : "cut", cell(share(q)), cell(share(p)),
        cell(p >= q ? "≥ 1" : (p / q).toFixed(2)), cell(i > now.kept ? "" : now.u[i].toFixed(2)),
        cell(verdict));
    }

    /** The likeliest tokens to be drawn, each with its share of what is left. */
    function drawMissing() {
      if (!now.p) return ["What is drawn from", Array.from({ length: SHOWN + 1 }, () => line())];
      const whole = now.kept === now.draft.length;
      const total = now.left.reduce((sum, weight) => sum + weight, 0);
      const order = [...now.left.keys()].sort((a, b) => now.left[b] - now.left[a] || a - b);
      const shown = order.slice(0, SHOWN);
      if (now.token !== undefined && !shown.includes(now.token)) shown[SHOWN - 1] = now.token;
      const others = order.filter((id) => !shown.includes(id) && now.left[id] > 0);
      const rest = others.reduce((sum, id) => sum + now.left[id] / total, 0);
      const rows = shown.map((id) => line(id, id === now.token ? "chosen" : "",
        cell(whole ? "–" : share(now.q[now.kept][id])), cell(share(now.p[now.kept][id])),
        cell(share(now.left[id] / total)), bar(now.left[id] / total),
        cell(id === now.token ? "drawn" : "")));
      const last = element("tr", {}, element("th", { scope: "row" }, "others"),
        cell(), cell(), cell(share(rest)), cell(), cell());
      return [whole ? "All is kept: p after the draft" : "What is missing: p − q", [...rows, last]];
    }

    const bar = (part) => element("td", { class: "bar", "aria-hidden": "true" },
      element("span", { class: "left", style: `width: ${(100 * part).toFixed(1)}%` }));

    /** What was done last, and what comes next. */
    function words() {
      const { draft, kept, token, p } = now;
      if (phase === "judge") {
        return `The fool drafts “${tokenizer.decode(draft)}”. The master judges next, in one call.`;
      }
      if (phase === "draft" && !p) return "The fool drafts next.";
      if (phase === "draft") {
        const one = token === undefined ? "" : `“${name(token)}” is drawn. `;
        const many = `${kept + (one ? 1 : 0)} of at most ${draft.length + 1}`;
        return `${one}Tokens of this call: ${many}. The fool drafts next.`;
      }
      if (kept === draft.length) return "All are kept, so one more token is free. It is drawn next.";
      const refused = `“${name(draft[kept])}” is refused`;
      return `Kept: ${kept} of ${draft.length}. ${refused}, and another token is drawn next.`;
    }

    function tellStory() {
      const part = (kind, words) => element("span", { class: kind }, words);
      const parts = ids.slice(given.length).map((id, i) =>
        part(own.has(given.length + i) ? "own" : "written",
          id === tokenizer.end ? " ⟨end⟩" : tokenizer.decode([id])));
      story.replaceChildren(part("given", tokenizer.decode(given.slice(1))), ...parts);
      story.scrollTop = story.scrollHeight;
    }

    function tellCounts() {
      const tokens = ids.length - given.length;
      const ratio = (a, b, say) => (b ? say(a / b) : "–");
      counts.replaceChildren(...[
        [number(tokens), "tokens"], [number(told.calls), "master’s calls"],
        [ratio(tokens, told.calls - (phase === "draw"), (x) => x.toFixed(1)), "tokens a call"],
        [ratio(told.kept, told.judged, share), "kept"],
      ].map(([value, what]) => element("span", {}, element("b", {}, value), ` ${what}`)));
    }

    place.append(
      text, element("div", { class: "sliders" }, count, temperature,
        element("label", { class: "playground-field" }, "Seed", seed)),
      row(step, run, clear), says, judged, drawing, counts, story,
      element("p", { class: "playground-note" }, "Underlined: tokens that the master drew itself."),
    );
    begin(place.dataset.text);
  });
})();
