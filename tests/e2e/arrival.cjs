// How long the page takes to arrive: until its first picture, and until it answers a reader.
// Usage: node arrival.cjs ADDRESS [TURNS]; the environment is that of the end-to-end tests.
const { chromium } = require("@playwright/test");

/** Name, CPU slowed by, bits per second, milliseconds of latency. */
const PROFILES = [
  { name: "this machine", viewport: { width: 1440, height: 900 } },
  {
    name: "a slow phone (CPU ÷4, 1.6 Mbit/s, 150 ms)",
    viewport: { width: 390, height: 844 },
    cpu: 4,
    network: { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 },
  },
];

/** In the page: notes when the servers are on screen, and when a click on "pause" has been drawn. */
function watch() {
  const drawn = () => new Promise((then) => requestAnimationFrame(() => setTimeout(then)));
  const until = async (holds) => {
    while (!holds()) await drawn();
    await drawn();
    return performance.now();
  };
  window.arrival = (async () => {
    const picture = await until(() => window.zabscope && document.querySelector(".hit"));
    const button = document.querySelector("button.play");
    const label = button.getAttribute("aria-label");
    button.click();
    const answer = await until(() => button.getAttribute("aria-label") !== label);
    const entries = () => performance.getEntriesByType("resource");
    const isRest = (entry) => entry.name.endsWith(".rest.lzma") && entry.responseEnd > 0;
    await Promise.race([until(() => entries().some(isRest)), new Promise((then) => setTimeout(then, 8_000))]);
    const rest = entries().find(isRest)?.responseEnd ?? NaN;
    const bytes = (all) => all.reduce((sum, entry) => sum + entry.transferSize, 0);
    const page = performance.getEntriesByType("navigation");
    const early = entries().filter((entry) => !isRest(entry) && entry.startTime < picture);
    return { picture, answer, rest, bytes: bytes([...page, ...early]) };
  })();
}

async function once(browser, address, { viewport, cpu, network }) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  if (network) await cdp.send("Network.emulateNetworkConditions", network);
  if (cpu) await cdp.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  await page.addInitScript(watch);
  await page.goto(address);
  const figures = await page.evaluate(() => window.arrival);
  await context.close();
  return figures;
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** Prints the medians of some turns on every profile. */
async function arrival(browser, address, turns = 5) {
  for (const profile of PROFILES) {
    const all = [];
    for (let turn = 0; turn < turns; turn++) all.push(await once(browser, address, profile));
    const ms = (what) => `${Math.round(median(all.map((one) => one[what])))} ms`;
    console.log(
      `page:   first picture after ${ms("picture")}, first answer after ${ms("answer")}, the rest ` +
        `arrived after ${ms("rest")}: ${profile.name} (${median(all.map((one) => one.bytes))} bytes first)`,
    );
  }
}

module.exports = { arrival };

async function main([address, turns = "5"]) {
  const browser = await chromium.launch({
    executablePath: process.env.ZABSCOPE_CHROMIUM,
    args: (process.env.ZABSCOPE_CHROMIUM_FLAGS ?? "").split(" ").filter((flag) => flag !== ""),
  });
  await arrival(browser, address, Number(turns)).finally(() => browser.close());
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
