// A GPT-2 in the page: the forward pass with a cache of keys and values, one token at a time.
//
// Owns the arithmetic. Text is cut in `bpe.js`, the next token is chosen in `sampler.js`.
(() => {
  "use strict";

  /** The bytes that a base64 text stands for. */
  function decodeBase64(text) {
    const characters = atob(text);
    const bytes = new Uint8Array(characters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
    return bytes;
  }

  /**
   * Tensors by name, from what `book/extension/playground.py` writes.
   *
   * A vector is a run of floats. A matrix is a run of int8, row after row, and one float per row
   * that scales it back. Both come in the order of `tensors`: [name, length] or
   * [name, rows, columns].
   */
  function unpack({ tensors, floats, bytes }) {
    const scales = new Float32Array(decodeBase64(floats).buffer);
    const steps = new Int8Array(decodeBase64(bytes).buffer);
    const found = {};
    let float = 0;
    let step = 0;
    for (const [name, rows, columns] of tensors) {
      const run = scales.subarray(float, (float += rows));
      if (columns === undefined) {
        found[name] = run;
        continue;
      }
      const matrix = new Float32Array(rows * columns);
      for (let row = 0; row < rows; row++) {
        for (let i = row * columns; i < (row + 1) * columns; i++) matrix[i] = steps[step++] * run[row];
      }
      found[name] = matrix;
    }
    return found;
  }

  /** out = matrix · x + bias. Four rows at a time: each number of x is fetched once for all four. */
  function linear(matrix, x, bias, out) {
    const columns = x.length;
    for (let row = 0; row < out.length; row += 4) {
      const one = row * columns, two = one + columns, three = two + columns, four = three + columns;
      let a = 0, b = 0, c = 0, d = 0;
      for (let i = 0; i < columns; i++) {
        const value = x[i];
        a += matrix[one + i] * value;
        b += matrix[two + i] * value;
        c += matrix[three + i] * value;
        d += matrix[four + i] * value;
      }
      out[row] = a;
      out[row + 1] = b;
      out[row + 2] = c;
      out[row + 3] = d;
    }
    if (bias) add(out, bias);
    return out;
  }

  /** Mean 0, variance 1, then the learned scale and shift. */
  function layerNorm(x, weight, bias, epsilon, out) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i];
    const mean = sum / x.length;
    let squares = 0;
    for (let i = 0; i < x.length; i++) squares += (x[i] - mean) * (x[i] - mean);
    const scale = 1 / Math.sqrt(squares / x.length + epsilon);
    for (let i = 0; i < x.length; i++) out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
    return out;
  }

  /** GPT-2's form of the GELU, in place. */
  function gelu(x) {
    const root = Math.sqrt(2 / Math.PI);
    for (let i = 0; i < x.length; i++) {
      const value = x[i]; // `**` would cost more than all the rest
      x[i] *= 0.5 * (1 + Math.tanh(root * (value + 0.044715 * value * value * value)));
    }
    return x;
  }

  function add(x, update) {
    for (let i = 0; i < x.length; i++) x[i] += update[i];
  }

  /** A softmax in place; gives the same array. */
  function softmax(x) {
    let largest = -Infinity;
    for (const value of x) if (value > largest) largest = value;
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i] = Math.exp(x[i] - largest);
    for (let i = 0; i < x.length; i++) x[i] /= sum;
    return x;
  }

  /** A decoder that remembers the keys and values of what it has read. */
  class GPT {
    /** @param file what `book/extension/playground.py` writes: config, tensors, floats, bytes */
    constructor(file) {
      this.config = file.config;
      this.tensors = file.unpacked ??= unpack(file); // shared by all models made from one file
      const { layers, width, inner, context } = this.config;
      const table = () => new Float32Array(context * width);
      this.keys = Array.from({ length: layers }, table);
      this.values = Array.from({ length: layers }, table);
      this.buffers = {};
      for (const [name, length] of Object.entries({
        x: width, normed: width, qkv: 3 * width, mixed: width, update: width, wide: inner,
      })) this.buffers[name] = new Float32Array(length);
      this.forget();
    }

    /** Empties the cache. */
    forget() {
      this.ids = [];
      this.attention = []; // by position: one Float32Array per layer and head, layers outermost
      this.logits = [];
    }

    /**
     * Reads ids from the start and gives the logits after the last of them.
     *
     * What the cache already holds of them is not computed again.
     */
    read(ids) {
      if (!ids.length || ids.length > this.config.context) {
        throw new Error(`${ids.length} tokens: the model reads 1 to ${this.config.context}.`);
      }
      let known = 0;
      while (known < this.ids.length && this.ids[known] === ids[known]) known++;
      known = Math.min(known, ids.length);
      for (const list of [this.ids, this.attention, this.logits]) list.length = known;
      for (const id of ids.slice(known)) this.step(id);
      return this.logits.at(-1);
    }

    /** Reads one more token; gives the logits of the next. */
    step(id) {
      const { layers, width, vocabulary, epsilon } = this.config;
      const { x, normed, qkv, mixed, update, wide } = this.buffers;
      const tensor = (name) => this.tensors[name];
      const position = this.ids.length;
      for (let i = 0; i < width; i++) {
        x[i] = tensor("wte.weight")[id * width + i] + tensor("wpe.weight")[position * width + i];
      }
      const heads = [];
      for (let layer = 0; layer < layers; layer++) {
        const block = (name) => this.tensors[`h.${layer}.${name}`];
        layerNorm(x, block("ln_1.weight"), block("ln_1.bias"), epsilon, normed);
        linear(block("attn.c_attn.weight"), normed, block("attn.c_attn.bias"), qkv);
        this.keys[layer].set(qkv.subarray(width, 2 * width), position * width);
        this.values[layer].set(qkv.subarray(2 * width), position * width);
        heads.push(...this.attend(layer, position, qkv, mixed));
        add(x, linear(block("attn.c_proj.weight"), mixed, block("attn.c_proj.bias"), update));

        layerNorm(x, block("ln_2.weight"), block("ln_2.bias"), epsilon, normed);
        gelu(linear(block("mlp.c_fc.weight"), normed, block("mlp.c_fc.bias"), wide));
        add(x, linear(block("mlp.c_proj.weight"), wide, block("mlp.c_proj.bias"), update));
      }
      layerNorm(x, tensor("ln_f.weight"), tensor("ln_f.bias"), epsilon, normed);
      const logits = linear(tensor("wte.weight"), normed, null, new Float32Array(vocabulary));
      this.ids.push(id);
      this.attention.push(heads);
      this.logits.push(logits);
      return logits;
    }

    /** Mixes the values of all positions read so far into `mixed`; gives each head's weights. */
    attend(layer, position, query, mixed) {
      const { width, heads } = this.config;
      const size = width / heads;
      const keys = this.keys[layer];
      const values = this.values[layer];
      const found = [];
      mixed.fill(0);
      for (let from = 0; from < width; from += size) {
        const weights = new Float32Array(position + 1);
        for (let key = 0; key <= position; key++) {
          let score = 0;
          for (let i = from; i < from + size; i++) score += query[i] * keys[key * width + i];
          weights[key] = score / Math.sqrt(size);
        }
        softmax(weights);
        for (let key = 0; key <= position; key++) {
          for (let i = from; i < from + size; i++) mixed[i] += weights[key] * values[key * width + i];
        }
        found.push(weights);
      }
      return found;
    }
  }

  Object.assign((globalThis.Playgrounds ??= {}), { GPT, softmax });
})();
