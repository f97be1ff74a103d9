// Prints raw, gzip and brotli size of every file below a folder, and the totals.
// Usage: node sizes.mjs FOLDER BUDGET (bytes of gzip); exits with 1 above the budget.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const folder = process.argv[2];
const budget = Number(process.argv[3]);
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .sort();

const line = (cells, name) => cells.map((n) => String(n).padStart(10)).join("") + "  " + name;
console.log(line(["raw", "gzip", "brotli"], "bytes"));
const total = [0, 0, 0];
for (const file of files) {
  const bytes = readFileSync(file);
  const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
  sizes.forEach((size, i) => (total[i] += size));
  console.log(line(sizes, file.slice(folder.length + 1)));
}
console.log(line(total, "total"));
console.log(`gzip budget ${budget} bytes: ${Math.round((total[1] / budget) * 100)} % used`);
if (total[1] > budget) {
  console.log(`The page is ${total[1] - budget} bytes over its budget.`);
  process.exit(1);
}
