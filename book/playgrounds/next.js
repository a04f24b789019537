// A story that the reader and the model write together: the likeliest next tokens stand there as
// buttons, and one of them is pressed, or drawn.
(() => {
  "use strict";

  const { element, button, spoken, row, storyBox, percent, whenSeen } = Playgrounds.ui;
  const OFFERED = 5;
  const PACE = 70; // milliseconds between two tokens, so that one can follow
  const OPENING = 12; // tokens that it writes by itself, once it is seen; then it stops where
  const OPEN = 0.4; // nothing is more likely than this, so that there is something to choose
  const SETTINGS = { temperature: 0.8 };

  Playgrounds.register("next", async (place, load) => {
    const { tokenizer, model } = await load("model");
    const random = Playgrounds.randomNumbers(Date.now());
    const given = [tokenizer.end, ...tokenizer.encode(place.dataset.text)];
    let ids, timer;

    const story = storyBox("Story");
    const offers = Array.from({ length: OFFERED }, (_, i) =>
      button("", () => choose(i), { class: "playground-button offer" }));
    const says = spoken();
    const write = button("Let it write", () => (timer ? (rest(), show()) : go()));
    const back = button("Back", () => (rest(), ids.pop(), show()));
    const again = button("Again", begin);

    const next = () => Playgrounds.candidates(model.read(ids), [], SETTINGS);
    const ended = () => ids.length > given.length && ids.at(-1) === tokenizer.end;
    const over = () => ended() || ids.length >= model.config.context;

    /** A token as it will read; what goes on in the middle of a word has dots before it. */
    function name(id) {
      if (id === tokenizer.end) return "⟨end⟩";
      const text = tokenizer.decode([id]);
      if (text === "\n") return "⏎";
      return /^\w/.test(text) ? `…${text}` : text.trim();
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
        ids.push(Playgrounds.draw(next(), random()));
        written += 1;
        if (over() || (written >= least && next()[0].probability < OPEN)) rest();
        show();
      }, PACE);
      show();
    }

    function rest() {
      clearInterval(timer);
      timer = undefined;
    }

    function show() {
      const written = ids.slice(given.length, ended() ? -1 : undefined);
      story.tell(tokenizer.decode(given.slice(1)), tokenizer.decode(written), ended());
      write.textContent = timer ? "Stop" : "Let it write";
      back.disabled = ids.length <= given.length;
      const found = over() ? [] : next();
      offers.forEach((offer, i) => drawOffer(offer, found[i]));
      if (timer) return; // or a screen reader would be flooded
      says.textContent = over()
        ? "The story is over. Again?"
        : `It expects “${name(found[0].id)}” most. The other ${found.length - OFFERED} tokens share ` +
          `${percent(total(found.slice(OFFERED)))}.`;
    }

    function drawOffer(offer, one) {
      offer.disabled = !one;
      offer.style.setProperty("--share", one?.probability ?? 0);
      if (!one) return offer.replaceChildren("–");
      offer.replaceChildren(
        element("span", { class: "face" }, name(one.id)),
        element("span", { class: "share" }, short(one.probability)));
    }

    const short = (share) => (share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`);
    const total = (some) => some.reduce((sum, { probability }) => sum + probability, 0);

    place.append(
      story,
      element("div", { class: "offers", role: "group", "aria-label": "Next token" }, ...offers),
      says, row(write, back, again));
    begin();
    whenSeen(place, () => ids.length === given.length && go(OPENING));
  });
})();
