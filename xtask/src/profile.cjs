// Which functions of the program run until the first picture and in the moments after it.
// Usage: node profile.cjs FOLDER START END OUT
//
// FOLDER holds a page whose program notes in its memory, from START to END, which of its functions
// have run. It is visited as different readers do; the numbers of all functions that ran go to OUT.
const { writeFileSync } = require("node:fs");
const { readFile } = require("node:fs/promises");
const { createServer } = require("node:http");
const { extname, join } = require("node:path");
const { chromium } = require("@playwright/test");

const [folder, start, end, out] = process.argv.slice(2);
const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const DESK = { viewport: { width: 1440, height: 900 } };
const LAPTOP = { viewport: { width: 1280, height: 720 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 3 };

/** Who comes, with which wishes; every run has its own seed, so that it can be repeated. */
const VISITS = [
  { device: DESK, query: "?seed=1", act: touch },
  { device: { ...DESK, colorScheme: "dark" }, query: "?seed=2&lang=zh", act: watch },
  { device: LAPTOP, query: "?seed=3&play=0&speed=1&theme=dark", act: touch },
  { device: { ...LAPTOP, locale: "zh-CN" }, query: "?seed=4&play=0", act: touch },
  { device: { ...PHONE, reducedMotion: "reduce" }, query: "?seed=5", act: touch },
  { device: PHONE, query: "?seed=6&lang=zh", act: touch },
];

/** Looks on until somebody leads. */
async function watch(page) {
  await page.waitForFunction(() => window.zabscope?.state().leader != null, null, { timeout: 60_000 });
}

/** What a reader does first: looks, points at things, lets time stand still, takes a server. */
async function touch(page, { device }) {
  await page.waitForTimeout(1_500);
  if (!device.hasTouch) {
    await page.mouse.move(700, 300);
    await page.mouse.move(710, 420, { steps: 5 });
  }
  for (const key of ["Space", "Space"]) {
    await page.keyboard.press(key);
    await page.waitForTimeout(200);
  }
  const press = (what) => (device.hasTouch ? page.locator(what).tap() : page.locator(what).click());
  for (const what of ["#play", "#play", '.hit[data-sid="1"]', '.hit[data-sid="2"]', "#play", "#play"]) {
    await press(what);
    await page.waitForTimeout(200);
  }
  await page.evaluate(() => window.zabscope.play());
  await watch(page);
}

function served() {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = path === "/" ? "index.html" : path.slice(1);
    const body = await readFile(join(folder, file)).catch(() => null);
    response.writeHead(body ? 200 : 404, { "content-type": TYPES[extname(file)] ?? "text/plain" });
    response.end(body);
  });
  return new Promise((then) => server.listen(0, "127.0.0.1", () => then(server)));
}

async function visit(browser, address, { device, query, act }) {
  const context = await browser.newContext(device);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.addInitScript(() => {
    const keep = (event) => (window.programMemory = event.detail.wasm.memory);
    addEventListener("TrunkApplicationStarted", keep);
  });
  await page.goto(address + query);
  await page.waitForFunction(() => window.programMemory && document.querySelector(".hit"));
  await act(page, { device });
  if (errors.length > 0) throw new Error(`${query}: ${errors[0]}`);
  const ran = await page.evaluate(
    ([start, end]) => {
      const notes = new Uint8Array(window.programMemory.buffer, start, end - start);
      return [...notes.keys()].filter((at) => notes[at] !== 0);
    },
    [Number(start), Number(end)],
  );
  await context.close();
  return ran;
}

async function main() {
  const server = await served();
  const address = `http://127.0.0.1:${server.address().port}/`;
  const browser = await chromium.launch({
    executablePath: process.env.ZABSCOPE_CHROMIUM,
    args: (process.env.ZABSCOPE_CHROMIUM_FLAGS ?? "").split(" ").filter((flag) => flag !== ""),
  });
  try {
    const ran = await Promise.all(VISITS.map((one) => visit(browser, address, one)));
    const all = [...new Set(ran.flat())].sort((a, b) => a - b);
    if (all.length === 0) throw new Error("no function ran, or the notes are elsewhere");
    writeFileSync(out, all.join("\n") + "\n");
  } finally {
    await browser.close();
    server.close();
  }
}

main().catch((error) => {
  console.error(`profile: ${error.message}`);
  process.exit(1);
});
