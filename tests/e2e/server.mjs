// Serves one folder below one path on this machine, as a plain web server would.
// Usage: node server.mjs FOLDER PORT BASE
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

const folder = resolve(process.argv[2]);
const port = Number(process.argv[3]);
const base = process.argv[4] ?? "/";

createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  const file = join(folder, path.slice(base.length) || "index.html");
  if (!path.startsWith(base) || !(file + sep).startsWith(folder + sep)) {
    response.writeHead(404).end();
    return;
  }
  try {
    const body = await readFile(file);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const headers = { "content-type": type, "cache-control": "no-store" };
    // Text is compressed almost everywhere, everything else almost nowhere.
    const packs = type.startsWith("text/") && /gzip/.test(request.headers["accept-encoding"]);
    if (packs) headers["content-encoding"] = "gzip";
    response.writeHead(200, headers);
    response.end(packs ? gzipSync(body) : body);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found");
  }
}).listen(port, "127.0.0.1");
