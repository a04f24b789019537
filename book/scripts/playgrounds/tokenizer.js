// Byte-pair encoding, merge by merge: what is typed falls into bytes, and each step joins one pair
// wherever it stands. Letters keep their place; only the borders between them change.
(() => {
  "use strict";

  const { MAIN, element, button, textField, slider, spoken, row, visible, whenSeen } = Playgrounds.ui;
  const PAUSE = 450; // milliseconds between two steps of the play
  const LONGEST = 400; // characters; more would bury the page

  /**
   * What each step joins, in the order of the ranks: { rank, id, places }.
   *
   * Ranks never fall within a word, so joining rank by rank over the whole text ends in the same
   * tokens as finishing one word after the other.
   */
  function steps(words) {
    const byRank = new Map();
    words.forEach(({ merges }) => {
      for (const { rank, id } of merges) {
        const step = byRank.get(rank) ?? { rank, id, places: 0 };
        step.places++;
        byRank.set(rank, step);
      }
    });
    return [...byRank.values()].sort((a, b) => a.rank - b.rank);
  }

  /** A word's pieces after all merges up to a rank. */
  function piecesAt({ pieces, merges }, rank) {
    const found = [...pieces];
    for (const merge of merges) {
      if (merge.rank > rank) break;
      found.splice(merge.at, 2, merge.id);
    }
    return found;
  }

  Playgrounds.register("tokenizer", async (place, load) => {
    const { tokenizer } = await load("text");
    let words, plan, at, timer;

    const name = (id) => visible(readable(tokenizer.bytes(id)));
    const text = textField("Text", place.dataset.text, (value) => read(value));
    text.control.maxLength = LONGEST;
    const counts = element("p", { class: "playground-counts" });
    const picture = element("div", { class: "pieces", role: "img" });
    const says = spoken();
    const go = (step) => (pause(), show(step));
    const position = slider("Merges done", { min: 0, max: 0, value: 0 }, go);
    const back = button("Step back", () => go(at - 1));
    const play = button("Play", () => (timer ? pause() : start()), MAIN);
    const forward = button("Step", () => go(at + 1));
    const list = element("ol", { class: "merge-list" });
    const merges = element("details", {},
      element("summary", {}, "All merges of this text, by rank"), list);

    function read(value) {
      pause();
      words = tokenizer.trace(value);
      plan = steps(words);
      position.control.max = plan.length;
      play.disabled = merges.hidden = !plan.length;
      list.replaceChildren(...plan.map(({ rank, id, places }) =>
        element("li", { value: rank },
          element("code", {}, halves(rank).map(name).join(" + ")), " makes ",
          element("code", {}, name(id)), places > 1 ? `, in ${places} places` : "")));
      show(plan.length);
    }

    /** The two pieces that the merge of a rank joins. */
    function halves(rank) {
      const [left, right] = Playgrounds.files.tokenizer.merges[rank].split(" ");
      return [tokenizer.ids.get(left), tokenizer.ids.get(right)];
    }

    function show(step, aloud = true) {
      at = Math.max(0, Math.min(step, plan.length));
      const done = at ? plan[at - 1] : { rank: -1 };
      const drawn = words.map((word) => piecesAt(word, done.rank));
      const tokens = drawn.reduce((sum, word) => sum + word.length, 0);
      picture.replaceChildren(...drawn.map((word) => drawWord(word, done.id)));
      picture.setAttribute("aria-label", drawn.flat().map(name).join(", ") || "no text");
      const characters = [...text.control.value].length;
      const bytes = new TextEncoder().encode(text.control.value).length;
      counts.replaceChildren(
        count(characters, "character"),
        count(bytes, "byte"),
        count(tokens, at < plan.length ? "piece" : "token"));
      position.set(at);
      back.disabled = at === 0;
      forward.disabled = at === plan.length;
      says.tell(sayStep(done, tokens), aloud);
      tellMore();
    }

    /** Where the pieces go on below the edge, they fade. */
    function tellMore() {
      const below = picture.scrollHeight - picture.scrollTop - picture.clientHeight;
      picture.classList.toggle("more", below > 2);
    }

    function sayStep(done, tokens) {
      if (!words.length) return "There is nothing to cut yet. Type something.";
      if (!plan.length) return "No two neighbours here have a merge: every byte stays alone.";
      const all = at === plan.length ? ` All ${plan.length} merges are done: ${tokens} tokens.` : "";
      if (!at) return `Every byte by itself: ${tokens} pieces, ${plan.length} merges to come.`;
      const [left, right] = halves(done.rank).map(name);
      const places = done.places > 1 ? ` in ${done.places} places` : "";
      return `Rank ${done.rank} joins “${left}” and “${right}”${places}.${all}`;
    }

    function drawWord(pieces, fresh) {
      return element("span", { class: "word" }, ...pieces.map((id) => {
        const bytes = tokenizer.bytes(id);
        const look = { class: id === fresh ? "piece fresh" : "piece", style: wide(bytes.length) };
        return element("span", look,
          ...letters(bytes).map(drawLetter),
          element("span", { class: "id" }, String(id)));
      }));
    }

    function drawLetter({ face, size, whole }) {
      const look = { class: whole ? "letter" : "letter byte", style: wide(size) };
      return element("span", look, visible(face));
    }

    const wide = (bytes) => `--bytes: ${bytes}`;

    function start() {
      if (at === plan.length) show(0);
      play.textContent = "Pause";
      timer = setInterval(() => {
        show(at + 1, false);
        if (at === plan.length) pause();
      }, PAUSE);
    }

    function pause() {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      play.textContent = "Play";
      show(at);
    }

    place.append(
      text, row(play, back, forward, position), counts, picture, says,
      merges,
    );
    picture.addEventListener("scroll", tellMore);
    new ResizeObserver(tellMore).observe(picture);
    read(place.dataset.text);
    whenSeen(picture, start);
  });

  function count(number, noun) {
    return element("span", {}, element("b", {}, String(number)), ` ${noun}${number === 1 ? "" : "s"}`);
  }

  /** Characters of some bytes: { face, size, whole }; bytes that are no character show as hex. */
  function letters(bytes) {
    const found = [];
    for (let i = 0; i < bytes.length; ) {
      const lead = bytes[i];
      const size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
      const face = size && new TextDecoder().decode(new Uint8Array(bytes.slice(i, i + size)));
      const whole = Boolean(face) && i + size <= bytes.length && !face.includes("\ufffd");
      found.push(whole ? { face, size, whole }
        : { face: lead.toString(16).toUpperCase(), size: 1, whole });
      i += whole ? size : 1;
    }
    return found;
  }

  function readable(bytes) {
    return letters(bytes).map(({ face, whole }) => (whole ? face : `<${face}>`)).join("");
  }
})();
