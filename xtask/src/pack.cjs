// Packs what Trunk has built: one small script, one style sheet, and the program compressed.
// Usage: node pack.cjs FOLDER
//
// Many hosts of static files send wasm as it is; LZMA makes it a third, and a fifth smaller than
// the gzip of those that compress. The page unpacks while it arrives (static/unpack.mjs).
const { spawnSync } = require("node:child_process");
const { readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { buildSync } = require("esbuild");

const folder = process.argv[2];
const unpack = join(__dirname, "../../static/unpack.mjs");

/** The one file of the folder that ends so. */
function the(ending) {
  const found = readdirSync(folder).filter((name) => name.endsWith(ending));
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

/** wasm-bindgen's script and the unpacker in one file; its names nobody reads. */
function script(name) {
  const own = `export { crashReport, default } from "./${name}";`;
  bundle(`${own} export { unpacked } from ${JSON.stringify(unpack)};`, name);
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

/** The program, compressed, in place of the plain one. */
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
  const { Unpacker } = await import(`file://${unpack}`);
  const unpacker = new Unpacker();
  for (let at = 0; at < packed.length; at += 1460) unpacker.take(packed.subarray(at, at + 1460));
  unpacker.take(null);
  if (plain.compare(unpacker.out) !== 0) fail("static/unpack.mjs does not unpack what xz has packed");
}

/** Lets the page ask for the packed program before anything else, and start with it. */
function page(wasm) {
  const file = join(folder, "index.html");
  const preload = new RegExp(`<link [^>]*href=["']?\\./${wasm}["' >][^>]*>`);
  const ask = `<script>window.zabscopeProgram=fetch("./${wasm}.lzma")</script>`;
  const plain = readFileSync(file, "utf8");
  const packed = plain
    .replace(preload, "")
    .replace(`module_or_path: './${wasm}'`, "module_or_path: bindings.unpacked(window.zabscopeProgram)")
    .replace("<link ", `${ask}<link `);
  if (packed.split(wasm).length !== 2 || !packed.includes("bindings.unpacked")) {
    fail("Trunk starts the program in a way xtask/src/pack.cjs does not know; see dist/index.html");
  }
  writeFileSync(file, packed);
}

async function main() {
  const wasm = the(".wasm");
  script(the(".js"));
  styles();
  await program(wasm);
  page(wasm);
}

main().catch((error) => fail(String(error.stack ?? error)));
