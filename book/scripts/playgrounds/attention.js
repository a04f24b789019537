// Attention on a live model: one query at a time in words and numbers, one head as a picture of
// rows and columns, all heads at a glance.
(() => {
  "use strict";

  const { element, textField, choice, spoken, row, visible, percent } = Playgrounds.ui;
  const SVG = "http://www.w3.org/2000/svg";
  const MOST = 32; // tokens; more would be too small to see
  const HINT = "Choose the token that asks: click it, or move along with the arrow keys.";

  Playgrounds.register("attention", async (place, load) => {
    const { tokenizer, model } = await load("model");
    const { layers, heads } = model.config;
    let ids, names, query, layer = 0, head = 0;

    const text = textField("Text", place.dataset.text, (value) => read(value));
    const numbers = (count) => Array.from({ length: count }, (_, i) => [i, String(i + 1)]);
    const layerChoice = choice("Layer", numbers(layers), 0, (value) => look(+value, head));
    const headChoice = choice("Head", numbers(heads), 0, (value) => look(layer, +value));
    const hint = element("p", { class: "playground-note" });
    const strip = element("div", {
      class: "tokens", role: "toolbar", "aria-label": "Tokens; the pressed one asks",
    });
    const says = spoken();
    const picture = document.createElementNS(SVG, "svg");
    const overview = element("div", { class: "heads", "aria-hidden": "true" });

    /** Weights of a query in the chosen head; those of the keys that it may see. */
    const weights = (position) => model.attention[position][layer * heads + head];

    function read(value) {
      const all = [tokenizer.end, ...tokenizer.encode(value)];
      ids = all.slice(0, MOST);
      model.read(ids);
      names = ids.map((id, i) => (i ? visible(tokenizer.decode([id])) : "start"));
      hint.textContent = HINT + (all.length > MOST ? ` Only the first ${MOST} tokens are read.` : "");
      query = ids.length - 1;
      strip.replaceChildren(...names.map(makeToken));
      drawOverview();
      show();
    }

    function look(newLayer, newHead) {
      [layer, head] = [newLayer, newHead];
      layerChoice.set(layer);
      headChoice.set(head);
      show();
    }

    /** The layer and head whose last query gives the most to one other word. */
    function mostDecided() {
      const most = model.attention[query].map((shares) => Math.max(0, ...shares.slice(1, query)));
      const best = most.indexOf(Math.max(...most));
      return [Math.floor(best / heads), best % heads];
    }

    function ask(position, focus = false) {
      query = Math.max(0, Math.min(position, ids.length - 1));
      show();
      if (focus) strip.children[query].focus();
    }

    // ---- the tokens, with what the query takes from each

    function makeToken(name, position) {
      return element("button", {
        type: "button", class: "token",
        onclick: () => ask(position, true),
        onpointerenter: () => says.tell(sayPair(position)),
        onpointerleave: () => says.tell(sayQuery()),
      }, ...["part", "face", "share"].map((part) =>
        element("span", { class: part }, part === "face" ? name : "")));
    }

    strip.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: query - 1, ArrowRight: query + 1, Home: 0, End: ids.length - 1 };
      if (!(event.key in moves)) return;
      event.preventDefault();
      ask(moves[event.key], true);
    });

    function show() {
      const shares = weights(query);
      names.forEach((name, position) => {
        const token = strip.children[position];
        const asks = position === query;
        const hidden = position > query;
        token.className = `token${asks ? " asks" : ""}${hidden ? " hidden" : ""}`;
        token.tabIndex = asks ? 0 : -1;
        token.setAttribute("aria-pressed", asks);
        token.style.setProperty("--share", hidden ? 0 : shares[position]);
        token.querySelector(".part").textContent = asks ? "query" : "";
        token.querySelector(".share").textContent = hidden ? "hidden" : percent(shares[position]);
      });
      says.tell(sayQuery());
      drawHead();
      [...overview.children].forEach((small, i) =>
        small.classList.toggle("chosen", i === layer * heads + head));
    }

    function sayQuery() {
      const told = Array.from(weights(query), (share, key) => [share, key])
        .sort((a, b) => b[0] - a[0])
        .slice(0, 3)
        .filter(([share]) => share >= 0.005)
        .map(([share, key]) => `${percent(share)} from ${source(key)}`);
      const after = ids.length - 1 - query;
      const tokens = after === 1 ? "token" : `${after} tokens`;
      const hidden = after ? ` The causal mask hides the ${tokens} after it.` : "";
      return `Layer ${layer + 1}, head ${head + 1}: ${named(query)} takes ${listed(told)}.${hidden}`;
    }

    function sayPair(key) {
      if (key > query) return `${named(key)} is after ${named(query)}: the causal mask hides it.`;
      return `${named(query)} takes ${percent(weights(query)[key])} from ${source(key)}.`;
    }

    const named = (position) => `“${names[position]}”`;
    const source = (key) => (key === query ? "itself" : named(key));

    // ---- the head as a picture: rows ask, columns answer

    function drawHead() {
      const n = ids.length;
      const parts = [];
      for (let q = 0; q < n; q++) {
        const shares = weights(q);
        for (let key = 0; key < n; key++) {
          parts.push(key > q
            ? `<circle class="mask" cx="${key + 0.5}" cy="${q + 0.5}" r="0.09"/>`
            : `<rect class="weight" x="${key + 0.05}" y="${q + 0.05}" width="0.9" height="0.9"
                fill-opacity="${shares[key].toFixed(3)}"/>`);
        }
      }
      parts.push(`<rect class="asking" x="0" y="${query}" width="${n}" height="1" rx="0.2"/>`);
      for (const [name, value] of Object.entries({
        class: "head",
        role: "img",
        viewBox: `-0.1 -0.1 ${n + 0.2} ${n + 0.2}`,
        "aria-label": `The weights of layer ${layer + 1}, head ${head + 1}, as a table: a row per `
          + "query, a column per key. The upper right, where keys come after the query, is hidden.",
      })) picture.setAttribute(name, value);
      picture.innerHTML = parts.join("");
    }

    picture.addEventListener("click", (event) => {
      const box = picture.getBoundingClientRect();
      ask(Math.floor(((event.clientY - box.top) / box.height) * ids.length));
    });

    /** All heads, small; a mouse may choose there what the two lists choose too. */
    function drawOverview() {
      const all = [];
      for (let l = 0; l < layers; l++) {
        for (let h = 0; h < heads; h++) {
          const canvas = element("canvas", { width: ids.length, height: ids.length });
          all.push(element("button", {
            type: "button", tabindex: -1, title: `layer ${l + 1}, head ${h + 1}`,
            onclick: () => look(l, h),
          }, canvas));
          paint(canvas, l * heads + h);
        }
      }
      overview.style.setProperty("--heads", heads);
      overview.replaceChildren(...all);
    }

    function paint(canvas, which) {
      const context = canvas.getContext("2d");
      context.fillStyle = getComputedStyle(place).getPropertyValue("--bar");
      model.attention.forEach((found, q) => found[which].forEach((share, key) => {
        context.globalAlpha = share;
        context.fillRect(key, q, 1, 1);
      }));
    }

    place.append(
      text, row(layerChoice, headChoice), hint, strip, says,
      element("div", { class: "attention-pictures" },
        figure(picture, "This head: a row asks, a column answers. A dot: hidden by the mask."),
        figure(overview, "All heads: a row of squares for each layer.")),
    );
    read(place.dataset.text);
    look(...mostDecided());
  });

  function figure(picture, caption) {
    return element("figure", {}, picture, element("figcaption", {}, caption));
  }

  function listed(parts) {
    const last = parts.at(-1);
    return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${last}`;
  }
})();
