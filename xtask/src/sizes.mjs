// Prints raw, gzip and brotli size of every file below a folder, and the totals.
// Usage: node sizes.mjs FOLDER FIRST ALL: the budgets, in bytes of gzip, of what the first picture
// needs and of everything; exits with 1 above one of them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const folder = process.argv[2];
const budgets = process.argv.slice(3).map(Number);
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .sort();

const line = (cells, name) => cells.map((n) => String(n).padStart(10)).join("") + "  " + name;
console.log(line(["raw", "gzip", "brotli"], "bytes"));
const total = [0, 0, 0];
const first = [0, 0, 0];
/** What the page asks for after its first picture. */
const isLater = (file) => file.endsWith(".rest.lzma") || file.endsWith("manifest.json");
for (const file of files) {
  const bytes = readFileSync(file);
  const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
  sizes.forEach((size, i) => {
    total[i] += size;
    if (!isLater(file)) first[i] += size;
  });
  console.log(line(sizes, file.slice(folder.length + 1)));
}
console.log(line(first, "until the first picture"));
console.log(line(total, "in all"));
const whole = !files.some((file) => file.endsWith(".rest.lzma"));
[first[1], total[1]].forEach((size, i) => {
  const what = ["first picture", "in all"][i];
  const used = Math.round((size / budgets[i]) * 100);
  console.log(`gzip budget, ${what}: ${budgets[i]} bytes, ${used} % used`);
  if (size <= budgets[i]) return;
  if (i === 0 && whole) return console.log("Above it because the program is whole.");
  console.log(`${size - budgets[i]} bytes over the budget.`);
  process.exitCode = 1;
});
