// Byte-level byte-pair encoding: text to ids and back, with every merge on record.
//
// Does what `tokenizers` does with town-gpt's tokenizer.json: digits alone, GPT-2's words, merges.
(() => {
  "use strict";

  // GPT-2's pattern. White space is written out: JavaScript's \s has U+FEFF and lacks U+0085.
  const SPACE = "\\p{White_Space}";
  const WORD = new RegExp(
    `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+` +
      `|${SPACE}+(?![^${SPACE}])|${SPACE}+`,
    "gu",
  );
  const DIGIT_OR_REST = /\p{N}|\P{N}+/gu;

  /** GPT-2's printable character for each byte: itself where it has a face, else from 256 on. */
  function byteFaces() {
    const faces = [];
    let next = 256;
    for (let byte = 0; byte < 256; byte++) {
      const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
      faces.push(String.fromCharCode(printable ? byte : next++));
    }
    return faces;
  }

  const FACES = byteFaces();
  const BYTES = new Map(FACES.map((face, byte) => [face, byte]));

  class BytePairs {
    /** @param file tokens in the order of ids, merges as "left right" by rank, the end mark */
    constructor({ tokens, merges, end }) {
      this.tokens = tokens;
      this.end = tokens.indexOf(end);
      this.endMark = end;
      this.ids = new Map(tokens.map((token, id) => [token, id]));
      this.ranks = new Map(merges.map((merge, rank) => [merge, rank]));
    }

    /** The ids of a text. */
    encode(text) {
      return this.trace(text).flatMap(({ ids }) => ids);
    }

    /**
     * How each word of a text is put together: { pieces, merges, ids }.
     *
     * `pieces` are the single bytes as ids. Each merge { rank, at, id } replaces the pieces `at`
     * and `at + 1` by `id`; ranks never fall within a word.
     */
    trace(text) {
      const words = [];
      text.split(this.endMark).forEach((part, number) => {
        if (number) words.push({ pieces: [this.end], merges: [], ids: [this.end] });
        for (const run of part.match(DIGIT_OR_REST) ?? []) {
          for (const word of run.match(WORD) ?? []) words.push(this.join(word));
        }
      });
      return words;
    }

    /** One word, from bytes to tokens: again and again the neighbours of lowest rank. */
    join(word) {
      const symbols = Array.from(new TextEncoder().encode(word), (byte) => FACES[byte]);
      const pieces = symbols.map((symbol) => this.ids.get(symbol));
      const merges = [];
      for (;;) {
        let rank = Infinity;
        let at = -1;
        for (let i = 0; i + 1 < symbols.length; i++) {
          const found = this.ranks.get(`${symbols[i]} ${symbols[i + 1]}`);
          if (found < rank) [rank, at] = [found, i];
        }
        if (at < 0) break;
        symbols.splice(at, 2, symbols[at] + symbols[at + 1]);
        merges.push({ rank, at, id: this.ids.get(symbols[at]) });
      }
      return { pieces, merges, ids: symbols.map((symbol) => this.ids.get(symbol)) };
    }

    /** The bytes of a token; the end mark's are those of its name. */
    bytes(id) {
      if (id === this.end) return Array.from(new TextEncoder().encode(this.endMark));
      return Array.from(this.tokens[id], (face) => BYTES.get(face));
    }

    /** The text of ids. Bytes that are no character become U+FFFD. */
    decode(ids) {
      return new TextDecoder().decode(new Uint8Array(ids.flatMap((id) => this.bytes(id))));
    }
  }

  BytePairs.FACES = FACES; // a token for each, or some texts could not be cut

  Object.assign((globalThis.Playgrounds ??= {}), { BytePairs });
})();
