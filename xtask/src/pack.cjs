// Packs what Trunk has built: one small script, and the program compressed where it lies.
// Usage: node pack.cjs FOLDER
//
// Many hosts of static files send wasm as it is; xz makes it a third, and a fifth smaller than the
// gzip of those that compress. The page unpacks while it arrives (static/unpack.js).
const { spawnSync } = require("node:child_process");
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { buildSync } = require("esbuild");

const folder = process.argv[2];

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

/** wasm-bindgen's script and the unpacker in one file; its names nobody reads. */
function script(name) {
  const own = `export * from "./${name}"; export { default } from "./${name}";`;
  const unpacker = JSON.stringify(join(__dirname, "../../static/unpack.js"));
  buildSync({
    stdin: { contents: `${own} export { unpacked } from ${unpacker};`, resolveDir: folder },
    outfile: join(folder, name),
    allowOverwrite: true,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "eof",
    logLevel: "warning",
    // Where the tests' packages are installed.
    nodePaths: [process.env.NODE_PATH],
  });
}

/** The program, compressed, in place of the plain one. */
function program(name) {
  // Context of four bits and no regard for alignment: what wasm code is like.
  const filter = "--lzma2=preset=9e,lc=4,pb=0";
  const options = ["--format=xz", "--check=crc32", filter, "--threads=1", "--force"];
  const { error, status } = spawnSync("xz", [...options, join(folder, name)], { stdio: "inherit" });
  if (error || status !== 0) fail(`xz: ${error?.message ?? `exit code ${status}`}`);
}

/** Lets the page fetch the packed program. */
function page(wasm) {
  const file = join(folder, "index.html");
  const plain = readFileSync(file, "utf8");
  const packed = plain
    .replace(`module_or_path: './${wasm}'`, `module_or_path: bindings.unpacked('./${wasm}.xz')`)
    .replace(new RegExp(`href=(["']?)\\./${wasm}\\1`), `href=$1./${wasm}.xz$1`)
    .replace(/ type=(["']?)application\/wasm\1/, "");
  if (packed.split(`${wasm}.xz`).length !== 3 || packed.split(wasm).length !== 3) {
    fail("Trunk starts the program in a way xtask/src/pack.cjs does not know; see dist/index.html");
  }
  writeFileSync(file, packed);
}

const wasm = the(".wasm");
script(the(".js"));
program(wasm);
page(wasm);
