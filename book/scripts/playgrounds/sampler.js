// From logits to the next token: penalties, temperature, top-k, top-p, and a seeded draw.
//
// The order is that of transformers' generate(): penalties, temperature, top-k, then top-p.
(() => {
  "use strict";

  const OFF = { temperature: 1, topK: 0, topP: 1, repetition: 1, presence: 0, frequency: 0 };

  /** How often each id occurs. */
  function count(ids) {
    const counts = new Map();
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  }

  /** Logits in which what was said before is less likely; a copy. */
  function penalise(logits, history, { repetition, presence, frequency }) {
    const penalised = Float64Array.from(logits);
    for (const [id, times] of count(history)) {
      penalised[id] *= penalised[id] > 0 ? 1 / repetition : repetition;
      penalised[id] -= presence + frequency * times;
    }
    return penalised;
  }

  /**
   * Every token, the most probable first: { id, before, probability, cut }.
   *
   * `before` is its probability after penalties and temperature. `cut` names what removed it
   * ("temperature", "top-k", "top-p") or is "". `probability` is what is left, shared out again.
   */
  function candidates(logits, history, settings) {
    const { temperature, topK, topP, ...penalties } = { ...OFF, ...settings };
    const scores = penalise(logits, history, penalties);
    const greedy = temperature === 0;
    const shares = Playgrounds.softmax(greedy ? scores : scores.map((s) => s / temperature));
    const found = Array.from(shares, (before, id) => ({ id, before, probability: 0, cut: "" }));
    found.sort((a, b) => b.before - a.before || a.id - b.id);

    let kept = greedy ? 1 : topK || found.length;
    found.slice(kept).forEach((one) => (one.cut = greedy ? "temperature" : "top-k"));
    const among = sum(found.slice(0, kept));
    let above = 0;
    for (const one of found.slice(0, kept)) {
      if (above >= topP && above > 0) one.cut = "top-p";
      above += one.before / among;
    }
    const left = sum(found.filter((one) => !one.cut));
    for (const one of found) one.probability = one.cut ? 0 : one.before / left;
    return found;
  }

  function sum(candidates) {
    return candidates.reduce((total, { before }) => total + before, 0);
  }

  /** The id that a number between 0 and 1 falls on. */
  function draw(candidates, number) {
    for (const { id, probability } of candidates) {
      number -= probability;
      if (number < 0) return id;
    }
    return candidates[0].id; // rounding left a crumb
  }

  /** Numbers between 0 and 1, the same for the same seed (mulberry32). */
  function randomNumbers(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let bits = Math.imul(state ^ (state >>> 15), state | 1);
      bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
      return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  Object.assign((globalThis.Playgrounds ??= {}), { candidates, draw, randomNumbers });
})();
