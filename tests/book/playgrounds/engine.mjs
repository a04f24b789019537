// The playgrounds' scripts without a page: reads { folder, task, ... } from standard input and
// writes what the task gives, as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const asked = JSON.parse(readFileSync(0, "utf8"));
const load = createRequire(import.meta.url);
globalThis.Playgrounds = { register() {} };
const scripts = ["model", "bpe", "sampler", "memory", "beams", "speculative", "rounding", "own"];
for (const name of [...scripts, "town-gpt-weights", "drafter-weights", "town-gpt-tokenizer"]) {
  load(path.join(asked.folder, `${name}.js`));
}
const { GPT, BytePairs, candidates, draw, randomNumbers, memory, beams, speculative, rounding, own, files } =
  globalThis.Playgrounds;

const tasks = {
  text: ({ texts }) => {
    const pairs = new BytePairs(files.tokenizer);
    return texts.map((text) => ({ ids: pairs.encode(text), words: pairs.trace(text), back: pairs.decode(pairs.encode(text)) }));
  },
  logits: ({ sequences }) => {
    const model = new GPT(files.weights); // one for all: what stays in the cache must do no harm
    return sequences.map((ids) => {
      model.read(ids);
      return { logits: model.logits.map((row) => [...row]), attention: model.attention.map((heads) => heads.map((row) => [...row])) };
    });
  },
  choose: ({ cases }) => cases.map(({ logits, history, settings }) => candidates(logits, history, settings)),
  random: ({ seed, count }) => {
    const next = randomNumbers(seed);
    return Array.from({ length: count }, next);
  },
  draw: ({ shares, numbers }) => numbers.map((number) =>
    draw(shares.map((probability, id) => ({ id, probability })), number)),
  memory: ({ caches, weights }) => ({
    caches: caches.map(memory.kvCacheBytes),
    weights: weights.map(memory.weightBytes),
    models: memory.MODELS,
  }),
  beams: ({ prompt, W, steps, alphas, end }) => {
    const logp = beams.reader(() => new GPT(files.weights), prompt);
    const levels = [beams.begin()];
    while (levels.length <= steps) levels.push(beams.next(levels.at(-1), logp, W, end));
    const told = ({ ids, sum }) => ({ ids, sum });
    return {
      best: alphas.map((alpha) => {
        const [best] = beams.byScore(levels.at(-1), alpha);
        return { ...told(best), score: beams.score(best, alpha) };
      }),
      levels: levels.slice(1).map(({ grown, live, ended, greedy }) => ({
        grown: grown.map((family) => family.map(told)), live: live.map(told), ended: ended.map(told),
        greedy: told(greedy),
      })),
    };
  },
  judge: ({ cases }) => cases.map(({ draft, q, p, u, v }) => {
    const { kept, left } = speculative.judge(draft, q, p, u);
    return [...draft.slice(0, kept), speculative.drawn(left, v)];
  }),
  drafted: ({ ids, count, temperature, seed }) => {
    const drafter = new GPT(files.drafter);
    const { draft, q } = speculative.propose(drafter, ids, count, temperature, randomNumbers(seed), 0);
    return { draft, q: q.map((row) => [...row]) };
  },
  rounded: ({ bits, group, name, size, all, ids, prompt, most }) => {
    const model = new GPT(files.weights);
    const matrices = new Map(rounding.matricesOf(model));
    const chosen = rounding.plant(model.tensors[name], matrices.get(name), size);
    const given = {}, found = { planted: chosen.at, bytes: 0 };
    for (const [one, columns] of all ? matrices : [[name, matrices.get(name)]]) {
      const matrix = one === name && size ? chosen.matrix : model.tensors[one];
      const { rounded, steps, scales } = rounding.round(matrix, columns, bits, group);
      given[one] = rounded;
      found.bytes += rounding.bytesOf(matrix.length, bits, scales);
      if (one !== name) continue;
      found.error = rounding.errorOf(matrix, rounded, size ? chosen.at : undefined);
      Object.assign(found, { rounded: [...rounded], steps: [...steps], scales });
    }
    const other = rounding.withWeights(model, given);
    const run = (work) => {
      for (;;) {
        const { value, done } = work.next();
        if (done) return value;
      }
    };
    found.loss = run(rounding.lossOf(other, ids));
    found.written = run(rounding.write(other, prompt, { most, seed: 0, end: 0 }));
    return found;
  },
  own: ({ path, changes, texts }) => {
    const file = path.endsWith(".json") && JSON.parse(readFileSync(path, "utf8"));
    for (const [keys, value] of changes) {
      const last = keys.at(-1), holder = keys.slice(0, -1).reduce((part, key) => part[key], file);
      if (value === null) delete holder[last];
      else holder[last] = value;
    }
    try {
      const text = file ? JSON.stringify(file) : readFileSync(path, "utf8");
      const { tokenizer, weights } = own.readFile(text, "mine.json");
      const pairs = new BytePairs(tokenizer), model = new GPT(weights);
      return texts.map((text) => {
        const ids = [pairs.end, ...pairs.encode(text)];
        model.read(ids);
        return { ids, back: pairs.decode(ids.slice(1)), logits: model.logits.map((row) => [...row]) };
      });
    } catch (error) {
      return error.message;
    }
  },
  refuse: ({ ids }) => {
    try {
      new GPT(files.weights).read(ids);
    } catch (error) {
      return error.message;
    }
  },
};
process.stdout.write(JSON.stringify(tasks[asked.task](asked)));
