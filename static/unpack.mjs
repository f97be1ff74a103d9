// Unpacks the program while it arrives; the release build puts this into the page's script.
//
// The program is an LZMA stream as `xz --format=lzma` writes it, with its size in the header. The
// format is Igor Pavlov's, "LZMA specification (draft)"; names are that document's.

/** The first probability of each table, and how many there are without the literals'. */
const MATCH = 0;
const REP = 192;
const REP_G0 = 204;
const REP_G1 = 216;
const REP_G2 = 228;
const REP0_LONG = 240;
const POS_SLOT = 432;
const POS_SPECIAL = 688;
const ALIGN = 816;
const LEN = 832;
const REP_LEN = 1346;
const LITERAL = 1860;

/** The header: properties, dictionary size, size. */
const HEADER = 13;

/** More bytes than any one symbol is made of. */
const SYMBOL = 32;

/** Takes a packed program piece by piece. */
export class Unpacker {
  /** What was unpacked; `at` bytes of it are there. */
  out = new Uint8Array(0);
  at = 0;
  #in = new Uint8Array(0);
  #pos = 0;
  #probs = null;
  #range = 0xffffffff;
  #code = 0;
  #state = 0;
  #reps = [0, 0, 0, 0];

  /** Takes a piece, or the end. */
  take(piece) {
    if (piece) {
      const rest = this.#in.subarray(this.#pos);
      this.#in = new Uint8Array(rest.length + piece.length);
      this.#in.set(rest);
      this.#in.set(piece, rest.length);
      this.#pos = 0;
    }
    if (!this.#probs) {
      if (this.#in.length < HEADER + 5) return;
      this.#begin();
    }
    const last = piece ? this.#in.length - SYMBOL : this.#in.length;
    while (this.at < this.out.length && this.#pos < last) this.#symbol();
  }

  /** Unpacks what is left, and gives everything. */
  end() {
    this.take(null);
    if (this.at === 0 || this.at < this.out.length) throw new Error("the program is damaged");
    return this.out;
  }

  #begin() {
    const view = new DataView(this.#in.buffer, this.#in.byteOffset);
    const properties = view.getUint8(0);
    this.lc = properties % 9;
    this.lp = ((properties / 9) | 0) % 5;
    this.pb = (properties / 45) | 0;
    this.out = new Uint8Array(view.getUint32(5, true));
    this.#probs = new Uint16Array(LITERAL + (0x300 << (this.lc + this.lp))).fill(1024);
    this.#code = view.getUint32(HEADER + 1);
    this.#pos = HEADER + 5;
  }

  #normalize() {
    if (this.#range < 0x1000000) {
      this.#range *= 256;
      this.#code = ((this.#code << 8) | this.#in[this.#pos++]) >>> 0;
    }
  }

  #bit(index) {
    const prob = this.#probs[index];
    const bound = (this.#range >>> 11) * prob;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      this.#probs[index] = prob + ((2048 - prob) >> 5);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      this.#probs[index] = prob - (prob >> 5);
      bit = 1;
    }
    this.#normalize();
    return bit;
  }

  #direct(count) {
    let value = 0;
    while (count-- > 0) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit) this.#code -= this.#range;
      value = value * 2 + bit;
      this.#normalize();
    }
    return value;
  }

  #tree(index, bits) {
    let m = 1;
    for (let i = 0; i < bits; i++) m = (m << 1) | this.#bit(index + m);
    return m - (1 << bits);
  }

  #reverse(index, bits) {
    let m = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(index + m);
      m = (m << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  #length(index, posState) {
    if (!this.#bit(index)) return this.#tree(index + 2 + (posState << 3), 3);
    if (!this.#bit(index + 1)) return 8 + this.#tree(index + 130 + (posState << 3), 3);
    return 16 + this.#tree(index + 258, 8);
  }

  #literal() {
    const { out, at, lc, lp } = this;
    const before = at > 0 ? out[at - 1] : 0;
    const context = ((at & ((1 << lp) - 1)) << lc) + (before >> (8 - lc));
    const index = LITERAL + 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      let match = out[at - this.#reps[0] - 1];
      do {
        const bit = (match >> 7) & 1;
        match <<= 1;
        const mine = this.#bit(index + ((1 + bit) << 8) + symbol);
        symbol = (symbol << 1) | mine;
        if (bit !== mine) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(index + symbol);
    out[this.at++] = symbol;
    this.#state = this.#state < 4 ? 0 : this.#state - (this.#state < 10 ? 3 : 6);
  }

  #distance(length) {
    const slot = this.#tree(POS_SLOT + (Math.min(length, 3) << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    if (slot < 14) return base + this.#reverse(POS_SPECIAL + base - slot, bits);
    return (base >>> 0) + this.#direct(bits - 4) * 16 + this.#reverse(ALIGN, 4);
  }

  /** Which distance a repeated match has; moves it to the front. */
  #repeated(posState) {
    const reps = this.#reps;
    if (!this.#bit(REP_G0 + this.#state)) {
      return this.#bit(REP0_LONG + (this.#state << 4) + posState);
    }
    let which = 1;
    if (this.#bit(REP_G1 + this.#state)) which = 2 + this.#bit(REP_G2 + this.#state);
    reps.unshift(...reps.splice(which, 1));
    return 1;
  }

  #symbol() {
    const posState = this.at & ((1 << this.pb) - 1);
    if (!this.#bit(MATCH + (this.#state << 4) + posState)) return this.#literal();
    let length = 1;
    const after = (literals, otherwise) => (this.#state < 7 ? literals : otherwise);
    if (!this.#bit(REP + this.#state)) {
      const index = this.#length(LEN, posState);
      this.#state = after(7, 10);
      this.#reps.pop();
      this.#reps.unshift(this.#distance(index));
      length = index + 2;
    } else if (this.#repeated(posState)) {
      length = this.#length(REP_LEN, posState) + 2;
      this.#state = after(8, 11);
    } else {
      this.#state = after(9, 11);
    }
    const { out } = this;
    const from = this.#reps[0] + 1;
    if (from > this.at) throw new Error("the program is damaged");
    for (const end = Math.min(this.at + length, out.length); this.at < end; this.at++) {
      out[this.at] = out[this.at - from];
    }
  }
}

/**
 * What was packed and has been asked for. With a `slice`, the page can do other things after every
 * so many bytes.
 */
export async function unpacked(asked, slice = Infinity) {
  const answer = await asked;
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${answer.statusText}`);
  const unpacker = new Unpacker();
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return unpacker.end();
    for (let at = 0; at < value.length; at += slice) {
      if (at > 0) await new Promise((then) => setTimeout(then));
      unpacker.take(value.subarray(at, at + slice));
    }
  }
}
