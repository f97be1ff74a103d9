// Packs what Trunk has built: one small script, one style sheet, and the program compressed, whole
// or in two parts: NAME.wasm and NAME.rest.
// Usage: node pack.cjs FOLDER
//
// Many hosts of static files send wasm as it is; LZMA makes it a third, and a fifth smaller than
// the gzip of those that compress. The page unpacks while it arrives (static/unpack.mjs).
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { buildSync } = require("esbuild");

const folder = process.argv[2];
const from = (name) => join(__dirname, "../../static", name);

/** The files of the folder that end so. */
const all = (ending) => readdirSync(folder).filter((name) => name.endsWith(ending));

/** The one file of the folder that ends so. */
function the(ending) {
  const found = all(ending);
  if (found.length !== 1) fail(`there must be one ${ending} in ${folder}, not ${found.length}`);
  return found[0];
}

function fail(message) {
  console.log(message);
  process.exit(1);
}

/** Puts what `contents` names into one small file. */
function bundle(contents, name, options) {
  const stdin = { contents, resolveDir: folder, ...options };
  const outfile = join(folder, name);
  const target = ["es2022", "chrome111", "firefox113", "safari16.4"];
  const shape = { bundle: true, minify: true, format: "esm", target };
  buildSync({ stdin, outfile, allowOverwrite: true, logLevel: "warning", ...shape });
}

/** Gives what the program takes from the script the short names it has after it was split. */
function renamed(script) {
  for (const names of all(".names")) {
    const lines = readFileSync(join(folder, names), "utf8").trim().split("\n");
    const short = new Map(lines.map((line) => line.split(" ")));
    const key = /^( {8})(\w+)(?=: function)/gm;
    const found = new Set();
    const change = (all, indent, name) => {
      found.add(name);
      return short.has(name) ? indent + short.get(name) : all;
    };
    const file = join(folder, script);
    writeFileSync(file, readFileSync(file, "utf8").replace(key, change));
    const lost = [...short.keys()].filter((name) => !found.has(name));
    if (lost.length > 0) fail(`${script} does not give ${lost[0]} as xtask/src/pack.cjs expects it`);
    rmSync(join(folder, names));
  }
}

/** wasm-bindgen's script and what starts the program in one file; its names nobody reads. */
function script(name) {
  appendFileSync(join(folder, name), "export { __wbg_get_imports, __wbg_finalize_init };");
  const contents = `
    import { __wbg_get_imports as imports, __wbg_finalize_init as begin } from "./${name}";
    import { start } from ${JSON.stringify(from("start.mjs"))};
    export { crashReport } from "./${name}";
    export default (parts) => start({ imports, begin, ...parts });`;
  bundle(contents, name);
}

/** One style sheet in place of several, in their order. */
function styles() {
  const file = join(folder, "index.html");
  const links = /<link href=["']?\.\/([^"' >]+\.css)["']? rel=["']?stylesheet["']?>/g;
  const plain = readFileSync(file, "utf8");
  const names = [...plain.matchAll(links)].map((match) => match[1]);
  const first = names[0] ?? fail("Trunk names no style sheet in dist/index.html");
  bundle(names.map((name) => `@import "./${name}";`).join("\n"), first, { loader: "css" });
  const rest = names.slice(1);
  for (const name of rest) rmSync(join(folder, name));
  const one = plain.replace(links, (link, name) => (rest.includes(name) ? "" : link));
  writeFileSync(file, one);
}

/** A part of the program, compressed, in place of the plain one. */
async function program(name) {
  const file = join(folder, name);
  const plain = readFileSync(file);
  // Context of four bits and no regard for alignment: what wasm code is like.
  const options = ["--format=lzma", "--lzma1=preset=9e,lc=4,pb=0", "--force"];
  const { error, status } = spawnSync("xz", [...options, file], { stdio: "inherit" });
  if (error || status !== 0) fail(`xz: ${error?.message ?? `exit code ${status}`}`);
  // xz leaves the size open; who unpacks wants to know it beforehand.
  const packed = readFileSync(`${file}.lzma`);
  packed.writeBigUInt64LE(BigInt(plain.length), 5);
  writeFileSync(`${file}.lzma`, packed);
  // As it arrives over a slow line.
  const { Unpacker } = await import(`file://${from("unpack.mjs")}`);
  const unpacker = new Unpacker();
  for (let at = 0; at < packed.length; at += 1460) unpacker.take(packed.subarray(at, at + 1460));
  if (plain.compare(unpacker.end()) !== 0) fail("static/unpack.mjs does not unpack what xz has packed");
}

/** Names files by what is in all of them: no cache may put parts of two builds together. */
function named(files) {
  const hash = createHash("sha256");
  for (const name of files) hash.update(readFileSync(join(folder, name)));
  const stem = `zabscope-${hash.digest("hex").slice(0, 16)}`;
  return files.map((name) => {
    const other = stem + name.slice(name.lastIndexOf("."));
    renameSync(join(folder, name), join(folder, other));
    return other;
  });
}

/** Lets the page ask for the packed program before anything else, and start with it. */
function page(was, is) {
  const file = join(folder, "index.html");
  const plain = readFileSync(file, "utf8");
  const preload = new RegExp(`<link [^>]*href=["']?\\./${was.wasm}["' >][^>]*>`);
  const ask = `<script>window.zabscopeProgram=fetch("./${is.wasm}.lzma")</script>`;
  const rest = is.rest ? `"./${is.rest}.lzma"` : "null";
  const packed = plain
    .replace(preload, "")
    .replace(`module_or_path: './${was.wasm}'`, `first: window.zabscopeProgram, rest: ${rest}`)
    .replace("<link ", `${ask}<link `)
    .replaceAll(was.script, is.script);
  if (packed.includes(was.wasm) || !packed.includes("first: window.zabscopeProgram")) {
    fail("Trunk starts the program in a way xtask/src/pack.cjs does not know; see dist/index.html");
  }
  writeFileSync(file, packed);
}

async function main() {
  const was = { script: the(".js"), wasm: the(".wasm") };
  renamed(was.script);
  script(was.script);
  styles();
  const files = [was.script, was.wasm, ...all(".rest")];
  const [js, wasm, rest] = named(files);
  await program(wasm);
  if (rest) await program(rest);
  page(was, { script: js, wasm, rest });
}

main().catch((error) => fail(String(error.stack ?? error)));
