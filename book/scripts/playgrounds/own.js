// A reader's own model, from a file that `byhand.export` wrote: it is read here, looked through, and
// handed to the playgrounds that run on any model. Nothing leaves the page.
(() => {
  "use strict";

  const FORMAT = "byhand-playground-1";
  const FAMILY = /^byhand-playground-/;
  const LARGEST = 40e6; // bytes of a file; byhand.export stops long before
  const LEAST_CONTEXT = 8;
  const SIZES = ["layers", "heads", "width", "inner", "context", "vocabulary"];

  /** What is wrong with a file, in words for its reader. */
  class Unfit extends Error {}

  const require = (holds, words) => {
    if (!holds) throw new Unfit(words);
  };
  const whole = (holds, what) =>
    require(holds, `This file is damaged: ${what}. Write it once more with byhand.export.`);

  /** The model in the text of a file, as { name, weights, tokenizer }; throws what is said to a reader. */
  function readFile(text, name) {
    let file;
    try {
      file = JSON.parse(text);
    } catch {
      file = null;
    }
    const format = String(file?.format ?? "");
    require(format === FORMAT, FAMILY.test(format)
      ? "This file comes from another version of the course. Write it once more with byhand.export, "
        + "from the version that this page belongs to."
      : "This is not a file that byhand.export wrote.");
    const { weights, tokenizer } = file;
    try {
      lookThroughWeights(weights);
      lookThroughTokenizer(tokenizer, weights.config.vocabulary);
      tryIt(weights, tokenizer);
    } catch (error) {
      if (error instanceof Unfit) throw error;
      whole(false, "a part of it is missing");
    }
    return { name, weights, tokenizer };
  }

  function lookThroughWeights({ config, tensors, floats, bytes }) {
    const { layers, width, heads, context, epsilon } = config;
    for (const size of SIZES) whole(config[size] > 0 && Number.isInteger(config[size]), `its ${size}`);
    whole(width % heads === 0 && context >= LEAST_CONTEXT && epsilon > 0, "its sizes");
    whole(tensors.length === 4 + 12 * layers, "its list of matrices");
    const wanted = shapesOf(config).map(String).sort();
    whole(tensors.map(String).sort().join(";") === wanted.join(";"), "its list of matrices");
    const sum = (some) => some.reduce((total, number) => total + number, 0);
    const matrices = tensors.filter((shape) => shape.length === 3);
    whole(lengthOf(floats) === 4 * sum(tensors.map(([, rows]) => rows)), "its numbers");
    whole(lengthOf(bytes) === sum(matrices.map(([, rows, columns]) => rows * columns)), "its numbers");
  }

  /** How many bytes a base64 text stands for. */
  const lengthOf = (text) => (text.length / 4) * 3 - (/=*$/.exec(text)[0].length);

  /** [name, length] or [name, rows, columns] of all tensors of a GPT-2. */
  function shapesOf({ layers, width, inner, context, vocabulary }) {
    const norm = (name) => [[`${name}.weight`, width], [`${name}.bias`, width]];
    const linear = (name, rows, columns) => [[`${name}.weight`, rows, columns], [`${name}.bias`, rows]];
    const block = (layer) => [
      ...norm(`${layer}.ln_1`), ...linear(`${layer}.attn.c_attn`, 3 * width, width),
      ...linear(`${layer}.attn.c_proj`, width, width),
      ...norm(`${layer}.ln_2`), ...linear(`${layer}.mlp.c_fc`, inner, width),
      ...linear(`${layer}.mlp.c_proj`, width, inner),
    ];
    return [
      ["wte.weight", vocabulary, width], ["wpe.weight", context, width], ...norm("ln_f"),
      ...Array.from({ length: layers }, (_, layer) => block(`h.${layer}`)).flat(),
    ];
  }

  function lookThroughTokenizer({ tokens, merges, end }, vocabulary) {
    const known = new Set(tokens);
    whole(tokens.length === vocabulary && known.size === vocabulary, "its tokens");
    whole(tokens.every((token) => typeof token === "string") && known.has(end), "its tokens");
    whole(Playgrounds.BytePairs.FACES.every((face) => known.has(face)), "its bytes");
    for (const merge of merges) {
      const parts = merge.split(" ");
      const joined = [...parts, parts.join("")];
      whole(parts.length === 2 && joined.every((part) => known.has(part)), "its merges");
    }
  }

  /** One token through the model: whatever else is wrong shows here. */
  function tryIt(weights, tokenizer) {
    const model = new Playgrounds.GPT(weights);
    const logits = model.read([new Playgrounds.BytePairs(tokenizer).end]);
    whole(logits.every(Number.isFinite), "the model computes no numbers");
    whole(Object.values(model.tensors).every((tensor) => tensor.every(Number.isFinite)), "its numbers");
  }

  Playgrounds.own = { readFile, LARGEST }; // tests run it without a page

  Playgrounds.register("own", (place, load) => {
    const { element, button, spoken, row, number } = Playgrounds.ui;
    const input = element("input", {
      type: "file",
      onclick: () => (input.value = ""), // or the same file, mended, would be no change
      onchange: () => input.files.length && take(input.files[0]),
    });
    const back = button("Back to town-gpt", () => ((input.value = ""), Playgrounds.use(null)));
    const says = spoken();
    const links = element("p", { class: "playground-note" });

    async function take(file) {
      says.tell(`${file.name} is read …`);
      try {
        require(file.size <= LARGEST, `This file has ${number(file.size / 1e6)} MB; `
          + `a page takes at most ${number(LARGEST / 1e6)} MB.`);
        await load("engine");
        await Playgrounds.use(readFile(await file.text(), file.name));
      } catch (error) {
        if (!(error instanceof Unfit)) console.warn(error);
        const words = error instanceof Unfit ? error.message : "This file could not be read.";
        says.tell(`${words} ${whose()}`);
      }
    }

    const whose = () => (Playgrounds.ownModel()
      ? `The playgrounds go on with ${Playgrounds.ownModel().name}.`
      : "The playgrounds run on town-gpt.");

    function show() {
      const own = Playgrounds.ownModel();
      back.disabled = !own;
      says.tell(own ? sentence(own) : `${whose()} Choose a file, and they run on yours.`);
      const places = own ? Playgrounds.takers() : [];
      links.replaceChildren(...places.flatMap((section, i) => {
        const title = section.querySelector(".playground-title");
        return [i ? " · " : "Go to ", element("a", { href: `#${title.id}` }, title.textContent)];
      }));
    }

    function sentence({ name, weights: { config, tensors } }) {
      const parameters = tensors.reduce((sum, [, rows, columns = 1]) => sum + rows * columns, 0);
      const { layers, heads, width, vocabulary, context } = config;
      const some = (count, what) => `${number(count)} ${what}${count > 1 ? "s" : ""}`;
      return `${name} runs here now: ${some(layers, "layer")} of ${some(heads, "head")}, width ${width}, `
        + `${number(vocabulary)} tokens, a context of ${number(context)}, ${number(parameters)} parameters.`;
    }

    place.append(
      row(element("label", { class: "playground-field" }, "File of your model", input), back), says, links);
    document.addEventListener("playground-model", show);
    show();
  });
})();
