// A story that the reader and the model write together: the likeliest next tokens stand there as
// buttons, and one of them is pressed, or drawn.
(() => {
  "use strict";

  const { MAIN, element, button, spoken, row, storyBox, visible, number, percent, whenSeen } =
    Playgrounds.ui;
  const OFFERED = 5;
  const PACE = 70; // milliseconds between two tokens, so that one can follow
  const OPENING = 12; // tokens that it writes by itself, once it is seen; then it stops where
  const OPEN = 0.4; // nothing is more likely than this, so that there is something to choose, and
  const BROKEN = 0.1; // no more than this part of what is offered are pieces of words
  const HYPHEN = "\u2010"; // dots would look as if something were cut off
  const CAREFUL = { temperature: 0.8 }; // what it writes by itself strays a little less

  const share = (probability) => percent(probability, 0.01);

  Playgrounds.register("next", async (place, load) => {
    const { tokenizer, model } = await load("model");
    const random = Playgrounds.randomNumbers(Date.now());
    const given = [tokenizer.end, ...tokenizer.encode(place.dataset.text)]
      .slice(0, model.config.context / 2);
    const inWords = tokenizer.tokens.map((_, id) => // by id: begins without a space
      id !== tokenizer.end && /^[\p{L}\p{N}]/u.test(tokenizer.decode([id])));
    let ids, timer;

    const story = storyBox("Story");
    const offers = Array.from({ length: OFFERED }, (_, i) =>
      button("", () => choose(i), { class: "playground-button offer" }));
    const says = spoken();
    const write = button("Let it write", () => (timer ? (rest(), show()) : go()), MAIN);
    const back = button("Back", () => (rest(), ids.pop(), show()));
    const again = button("Again", begin);

    const next = (settings = {}) => Playgrounds.candidates(model.read(ids), [], settings);
    const ended = () => ids.length > given.length && ids.at(-1) === tokenizer.end;
    const over = () => ended() || ids.length >= model.config.context;

    /** A token as it will read; on the side where its word goes on it has a hyphen. */
    function name(id) {
      if (id === tokenizer.end) return "⟨end⟩";
      const text = tokenizer.decode([id]);
      const last = tokenizer.decode(ids.slice(-1));
      const before = inWords[id] && /[\p{L}\p{N}]$/u.test(last) ? HYPHEN : "";
      const after = /[ \p{L}\p{N}]$/u.test(text) && goesOn(id) ? HYPHEN : "";
      return before + (text.trim() || visible(text)) + after;
    }

    /** Whether the model, after a token, would rather stay in the word than end it. */
    function goesOn(id) {
      const shares = Playgrounds.softmax(model.read([...ids, id]).slice());
      return shares.reduce((sum, part, other) => sum + (inWords[other] ? part : 0), 0) > 0.5;
    }

    /** All tokens, the likeliest first, and how the first few will read; none when it is over. */
    function look() {
      const found = over() ? [] : next();
      return { found, names: found.slice(0, OFFERED).map(({ id }) => name(id)) };
    }

    /** Whether there is something to choose here, and words to choose from. */
    function worthAChoice({ found, names }) {
      if (found[0].probability >= OPEN) return false;
      const offered = found.slice(0, OFFERED);
      const pieces = offered.filter((_, i) => names[i].includes(HYPHEN));
      return total(pieces) <= BROKEN * total(offered);
    }

    function begin() {
      rest();
      ids = [...given];
      show();
    }

    function choose(i) {
      rest();
      ids.push(next()[i].id);
      show();
    }

    /** Draws tokens, one after the other: `least` and some, or until the story ends. */
    function go(least = Infinity) {
      if (over()) begin();
      let written = 0;
      timer = setInterval(() => {
        if (!place.isConnected) return rest();
        ids.push(Playgrounds.draw(next(CAREFUL), random()));
        written += 1;
        const seen = look();
        if (over() || (written >= least && worthAChoice(seen))) rest();
        show(seen);
      }, PACE);
      show();
    }

    function rest() {
      clearInterval(timer);
      timer = undefined;
    }

    function show({ found, names } = look()) {
      const written = ids.slice(given.length, ended() ? -1 : undefined);
      story.tell(tokenizer.decode(given.slice(1)), tokenizer.decode(written), ended());
      write.textContent = timer ? "Stop" : "Let it write";
      back.disabled = ids.length <= given.length;
      offers.forEach((offer, i) => drawOffer(offer, names[i], found[i]?.probability));
      const others = found.slice(OFFERED);
      says.tell(over()
        ? "The story is over. Again?"
        : `It expects “${names[0]}” most. The other ${number(others.length)} tokens share ` +
          `${share(total(others))}.`, !timer);
    }

    function drawOffer(offer, face, probability) {
      offer.disabled = !face;
      offer.style.setProperty("--share", probability ?? 0);
      if (!face) return offer.replaceChildren("–");
      offer.replaceChildren(
        element("span", { class: "face" }, face),
        element("span", { class: "share" }, share(probability)));
    }

    const total = (some) => some.reduce((sum, { probability }) => sum + probability, 0);

    place.append(
      story,
      element("div", { class: "offers", role: "group", "aria-label": "Next token" }, ...offers),
      says, row(write, back, again));
    begin();
    whenSeen(place, () => ids.length === given.length && go(OPENING));
  }, { anyModel: true });
})();
