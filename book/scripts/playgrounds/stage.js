// The stage of all playgrounds: who plays where, what is fetched when, and the common controls.
//
// A playground registers itself:
//
//   Playgrounds.register("tokenizer", async (place, load) => { ... place.append(...) });
//
// `place` is the element to fill; `place.dataset.text` is what the page typed in. `load("text")`
// brings the tokenizer, `load("model")` the model as well, `load("drafter")` a small one besides, and
// `load("engine")` only the scripts that run them; who needs none does not call. It is called once
// per place, when a reader comes near.
//
// With `{ anyModel: true }` as a third argument, "model" may be a reader's own, from a file: then it
// is called again, with a fresh place, each time the model changes (see own.js).
(() => {
  "use strict";

  const HERE = document.currentScript.src;
  const NEAR = "600px";
  const ENGINE = ["bpe.js", "model.js", "sampler.js", "rounding.js"];
  const TOWN = [...ENGINE, "town-gpt-tokenizer.js", "town-gpt-weights.js"];
  const SCRIPTS = {
    text: ["bpe.js", "town-gpt-tokenizer.js"],
    engine: ENGINE,
    model: TOWN,
    drafter: [...TOWN, "drafter-weights.js"],
  };

  const makers = new Map();
  const fetched = new Map();
  const observer = new IntersectionObserver(
    (entries) => entries.filter((e) => e.isIntersecting).forEach((e) => open(e.target)),
    { rootMargin: NEAR },
  );

  let own = null; // a reader's model: { name, weights, tokenizer }

  const sections = (kind) => [...document.querySelectorAll(`.playground[data-kind="${kind}"]`)];
  const takers = () => [...makers].filter(([, maker]) => maker.anyModel)
    .flatMap(([kind]) => sections(kind));

  function register(kind, make, { anyModel = false } = {}) {
    makers.set(kind, { make, anyModel });
    for (const section of sections(kind)) {
      section.dataset.state = "waiting";
      section.querySelector(".playground-print").open = false;
      observer.observe(section);
    }
  }

  async function open(section) {
    observer.unobserve(section);
    section.dataset.state = "loading";
    const place = section.querySelector(".playground-place");
    const { make, anyModel } = makers.get(section.dataset.kind);
    const file = anyModel ? own : null;
    try {
      await make(place, (what) => load(what, file));
      if (place.isConnected) section.dataset.state = "ready";
    } catch (error) {
      console.error(error);
      const words = "The live part does not run here. Below is what it shows.";
      place.replaceChildren(element("p", {}, words));
      section.querySelector(".playground-print").open = true;
      section.dataset.state = "failed";
    }
  }

  /**
   * Runs what runs on any model on a reader's, or on town-gpt again if there is none.
   *
   * Each gets a fresh place. One that still works in its old place sees that it is out of the page.
   */
  async function use(file) {
    own = file;
    for (const section of takers()) tellModel(section);
    document.dispatchEvent(new Event("playground-model"));
    const opened = takers().filter((section) => section.dataset.state !== "waiting");
    await Promise.all(opened.map((section) => {
      const place = section.querySelector(".playground-place");
      place.replaceWith(place.cloneNode(false));
      section.querySelector(".playground-print").open = false;
      return open(section);
    }));
  }

  /** Says below its title whose model runs here, with a way back. */
  function tellModel(section) {
    section.querySelector(".playground-model")?.remove();
    if (!own) return;
    const title = section.querySelector(".playground-title");
    const back = button("Back to town-gpt", () => {
      title.tabIndex = -1;
      title.focus(); // the button goes
      use(null);
    });
    title.after(element("p", { class: "playground-model" },
      element("span", {}, `Your model runs here: ${own.name}`), back));
  }

  /** "text" gives { tokenizer }, "model" { tokenizer, model } with a cache of its own, "drafter" all. */
  async function load(what, file) {
    if (file) return parts(file);
    await Promise.all(SCRIPTS[what].map(fetchScript));
    if (what === "engine") return {};
    const { tokenizer, weights, drafter } = Playgrounds.files;
    if (what === "text") return { tokenizer: new Playgrounds.BytePairs(tokenizer) };
    const found = parts({ tokenizer, weights });
    return what === "model" ? found : { ...found, drafter: new Playgrounds.GPT(drafter) };
  }

  function parts({ tokenizer, weights }) {
    return { tokenizer: new Playgrounds.BytePairs(tokenizer), model: new Playgrounds.GPT(weights) };
  }

  /** A script from beside this one, once. A page opened as a file may fetch nothing else. */
  function fetchScript(name) {
    if (!fetched.has(name)) {
      fetched.set(name, new Promise((resolve, reject) => {
        const script = element("script", { src: new URL(name, HERE).href });
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${name} could not be loaded`));
        document.head.append(script);
      }));
    }
    return fetched.get(name);
  }

  // ---- building a playground

  /** An element. Attributes by their name; a name that begins with "on" is an event. */
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  const MAIN = { class: "playground-button playground-main" }; // the one button to begin with

  /** A button that says what it does. */
  function button(text, onclick, attributes = {}) {
    const all = { type: "button", class: "playground-button", onclick, ...attributes };
    return element("button", all, text);
  }

  /** What is typed; `onchange` gets it after a short rest. */
  function textField(label, value, onchange, rows = 2) {
    const field = element("textarea", { rows, spellcheck: "false", autocomplete: "off" });
    field.value = value;
    let timer;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => onchange(field.value), 120);
    });
    return labelled(label, field, "playground-wide");
  }

  /** A slider with its value beside its name, in words of `say`. */
  function slider(label, { min, max, step = 1, value, say = String }, oninput) {
    const shown = element("span", { class: "playground-value", "aria-hidden": "true" });
    const input = element("input", { type: "range", min, max, step, value });
    const tell = () => {
      shown.textContent = say(+input.value);
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", () => (tell(), oninput(+input.value)));
    tell();
    const whole = labelled(element("span", {}, `${label} `, shown), input);
    whole.set = (given) => ((input.value = given), tell());
    return whole;
  }

  /** A choice among [value, text] pairs. */
  function choice(label, pairs, value, onchange) {
    const select = element("select", { onchange: () => onchange(select.value) },
      ...pairs.map(([given, text]) => element("option", { value: given }, text)));
    select.value = value;
    const whole = labelled(label, select);
    whole.set = (given) => (select.value = given);
    return whole;
  }

  function labelled(label, control, ...classes) {
    return element("label", { class: ["playground-field", ...classes].join(" ") }, label, control);
  }

  /**
   * A line that says what stands there. `tell(text)` writes it, and screen readers read it out;
   * `tell(text, false)` is for what runs: it is seen at once, and nobody's ears are flooded.
   */
  function spoken() {
    const seen = element("span", { class: "seen", "aria-hidden": "true" });
    const heard = element("span", {
      class: "visually-hidden", role: "status", "aria-live": "polite",
    });
    const line = element("p", { class: "playground-says" }, seen, heard);
    line.tell = (text, aloud = true) => {
      seen.textContent = text;
      heard.textContent = aloud ? text : "";
    };
    return line;
  }

  function row(...children) {
    return element("div", { class: "playground-row" }, ...children);
  }

  /** A text that grows: what was given, what was written, and whether it has come to its end. */
  function storyBox(label) {
    const attributes = { class: "story", "aria-label": label, tabindex: 0, role: "group" };
    const story = element("p", attributes);
    story.tell = (given, written, ended) => {
      story.replaceChildren(
        element("span", { class: "given" }, given),
        element("span", { class: "written" }, written),
        ended ? " ⟨end⟩" : "");
      story.scrollTop = story.scrollHeight;
    };
    return story;
  }

  /** White space that can be seen. */
  function visible(text) {
    return text.replace(/ /g, "␣").replace(/\n/g, "⏎").replace(/\t/g, "⇥");
  }

  /** "1,024" and the like. */
  function number(value) {
    return value.toLocaleString("en", { maximumFractionDigits: 1 });
  }

  /** "60%" and the like, with as many digits as help; never finer than `finest`. */
  function percent(share, finest = 0.001) {
    if (share > 0 && share < finest) return `<\u00a0${100 * finest}%`;
    return `${(100 * share).toFixed(finest < 0.01 && share < 0.0995 ? 1 : 0)}%`;
  }

  /** Calls back once, when a reader sees the whole thing and does not mind motion. */
  function whenSeen(thing, begin) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const seen = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      seen.disconnect();
      begin();
    }, { threshold: 1 });
    seen.observe(thing);
  }

  Object.assign((globalThis.Playgrounds ??= {}), {
    register,
    use,
    takers, // the sections where a reader's model runs, or would
    ownModel: () => own,
    ui: {
      MAIN, element, button, textField, slider, choice, spoken, row, storyBox, visible, number, percent,
      whenSeen,
    },
  });
})();
