// Starts the program: its first part at once, and what the first picture does not need after it.
//
// The release build puts this into the page's script. Either part calls the other; where the first
// needs the rest before it has come, it asks `page.rest` and waits. So the split is a matter of
// speed alone, and a page that never gets the rest says so instead of standing still.
import { Unpacker, unpacked } from "./unpack.mjs";

/** Between two attempts to load the rest, in milliseconds: at first, and at most. */
const PATIENCE = [1_000, 15_000];

/** How many packed bytes of the rest are unpacked before the page may do something else. */
const SLICE = 4_096;

/** The second part of the program, from asking for it until it is there. */
class Rest {
  #address;
  #parts;
  #here = false;
  #lost = false;
  #bytes = null;
  #asked = null;
  #trying = false;

  constructor(address, parts) {
    this.#address = address;
    this.#parts = parts;
  }

  /** Loads it beside everything else, again and again until it is there. */
  async soon() {
    if (this.#trying) return;
    this.#trying = true;
    for (let wait = PATIENCE[0]; !this.#here; wait = Math.min(wait * 2, PATIENCE[1])) {
      try {
        this.#asked = new AbortController();
        const { signal } = this.#asked;
        this.#bytes = await unpacked(fetch(this.#address, { priority: "low", signal }), SLICE);
        const module = await WebAssembly.compile(this.#bytes);
        if (this.#lost) return location.reload();
        this.#arrive(module);
      } catch (error) {
        if (this.#here) break;
        window.zabscopeLate(this.#lost ? "lost" : "late");
        await new Promise((done) => {
          setTimeout(done, wait);
          addEventListener("online", done, { once: true });
        });
      }
    }
    window.zabscopeLate("here");
  }

  /** Has it at once; the page stands still meanwhile. */
  now() {
    if (this.#here) return;
    if (this.#lost) throw new Error("the program has stopped");
    try {
      this.#bytes ??= this.#fetched();
      this.#arrive(new WebAssembly.Module(this.#bytes));
    } catch (error) {
      this.#lost = true;
      window.zabscopeLate("lost");
      this.soon();
      throw error;
    }
  }

  /** Asks again, because a request under way can bring nothing while the page stands still. */
  #fetched() {
    this.#asked?.abort();
    const request = new XMLHttpRequest();
    request.open("GET", this.#address, false);
    request.overrideMimeType("text/plain; charset=x-user-defined");
    request.send();
    if (request.status !== 200) throw new Error(`status ${request.status}`);
    const unpacker = new Unpacker();
    unpacker.take(Uint8Array.from(request.responseText, (c) => c.charCodeAt(0)));
    return unpacker.end();
  }

  #arrive(module) {
    if (this.#here) return;
    new WebAssembly.Instance(module, this.#parts);
    this.#here = true;
  }
}

/** Whether this browser compiles more than 4 kB while the page waits; Chrome once did not. */
function compilesAtOnce() {
  const program = new Uint8Array(5_000);
  // The header, and a section without meaning.
  program.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0xfd, 0x26]);
  try {
    return Boolean(new WebAssembly.Module(program));
  } catch {
    return false;
  }
}

/**
 * Starts the program. `first` is the answer with its first part, `rest` the other's address, if
 * there is one; `imports` and `begin` are wasm-bindgen's.
 */
export async function start({ imports, begin, first, rest }) {
  const parts = imports();
  const late = rest && new Rest(rest, parts);
  parts.page = { rest: () => late.now() };
  const { instance, module } = await WebAssembly.instantiate(await unpacked(first), parts);
  parts.first = instance.exports;
  if (late && !compilesAtOnce()) await late.soon();
  // An address with a fragment asks for more than the usual first picture.
  else if (late && location.hash.length > 1) late.soon();
  begin(instance, module);
  if (late) afterThePicture(() => late.soon());
  return instance.exports;
}

/** Once what was drawn is seen, or would be if the page were. */
function afterThePicture(then) {
  const timer = setTimeout(then, 1_000);
  requestAnimationFrame(() => {
    clearTimeout(timer);
    setTimeout(then);
  });
}
