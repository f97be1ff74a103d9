// The page around the cluster: zoo.cfg, language, theme, narrow windows, and the script interface.
import { call, open, ready, settled, state, until } from "../cluster";
import { expect, expectNoAxeViolations, picture, test } from "../page";

const THREE = `tickTime=1000
initLimit=10
syncLimit=5
dataDir=/data
clientPort=2181
server.1=a:2888:3888
server.2=b:2888:3888
server.3=c:2888:3888
`;

test("a good zoo.cfg starts another cluster", async ({ page }) => {
  await open(page);
  await settled(page);
  await page.getByRole("button", { name: "zoo.cfg" }).click();
  await page.locator("#config-text").fill(THREE);
  await expect(page.getByRole("dialog")).toContainText("Valid: 3 servers");
  await expectNoAxeViolations(page);
  await picture(page, "config-good");
  await page.locator("#config-start").click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await call(page, "speed", 10);
  const { servers } = await settled(page);
  expect(servers).toHaveLength(3);
  await expect(page.locator(".hit")).toHaveCount(3);
});

test("a bad zoo.cfg shows its errors at their lines and leaves the cluster alone", async ({ page }) => {
  await open(page, "?play=0");
  const before = await state(page);
  await page.getByRole("button", { name: "zoo.cfg" }).click();
  const dialog = page.getByRole("dialog");
  await page.locator("#config-text").fill(THREE.replace("tickTime=1000", "tickTime=soon") + "server.3=d\n");
  await expect(dialog.locator(".diags .error").first()).toBeVisible();
  await expect(dialog.locator(".ln .err").first()).toBeVisible();
  await expect(dialog.locator(".diags .error button").first()).toContainText(/line \d+, column \d+/);
  await expect(page.locator("#config-start")).toBeDisabled();
  await expectNoAxeViolations(page);
  await picture(page, "config-bad");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  expect((await state(page)).stream).toBe(before.stream);
});

test("a dropped file opens the dialog with its text", async ({ page }) => {
  await open(page, "?play=0");
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "zoo.cfg"));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, THREE);
  await expect(page.locator("#config-text")).toHaveValue(THREE);
});

test("binary junk is an error, not a crash", async ({ page }) => {
  await open(page, "?play=0");
  await page.getByRole("button", { name: "zoo.cfg" }).click();
  await page.locator("#config-text").fill("\u0001\u0002\ufffd\u0000".repeat(200));
  await expect(page.locator(".diags .error").first()).toBeVisible();
  await expect(page.locator("#config-start")).toBeDisabled();
});

test("the page speaks Chinese and remembers it", async ({ page }) => {
  await open(page);
  const { leader } = await settled(page);
  await page.locator("#language").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expect(page.locator(".score")).toContainText(`S${leader}`);
  await expect(page.getByRole("tab").first()).toHaveText("服务器");
  await expectNoAxeViolations(page);
  await picture(page, "zh");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
});

test("light and dark follow the system until the reader chooses", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page);
  await settled(page);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expectNoAxeViolations(page);
  await picture(page, "dark");
  await page.emulateMedia({ colorScheme: "light" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.locator("#theme").click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

for (const [width, height] of [[1024, 768], [390, 844], [320, 640]] as const) {
  test(`at ${width}×${height} nothing is cut off`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page);
    await settled(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await expectNoAxeViolations(page);
    await picture(page, `size-${width}`);
  });
}

test("with less motion the page starts paused and goes event by event", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page);
  const before = await state(page);
  expect(before.playing).toBe(false);
  await page.locator("#play").click();
  await until(page, (s) => s.timeMs > before.timeMs, "an event happens");
});

test("time can be dragged, stepped and keyed", async ({ page }) => {
  await open(page, "?play=0");
  const before = await state(page);
  await page.getByRole("slider").focus();
  await page.keyboard.press("Home");
  expect((await state(page)).timeMs).toBe(0);
  await page.keyboard.press("End");
  expect((await state(page)).stream).toBe(before.stream);
  await page.locator("#step").click();
  const stepped = await state(page);
  expect(stepped.timeMs).toBeGreaterThan(before.timeMs);
  await page.keyboard.press(",");
  expect((await state(page)).timeMs).toBeLessThan(stepped.timeMs);
});

test("the script interface repeats a run exactly", async ({ page }) => {
  await open(page, "?play=0&seed=7");
  const { leader } = await state(page);
  await call(page, "dispatch", { do: "inject", fault: { type: "kill", sid: leader } });
  await call(page, "seek", 20_000);
  const first = await state(page);
  await call(page, "load", await call(page, "scenario"));
  await call(page, "seek", 20_000);
  const second = await state(page);
  expect(second.stream).toBe(first.stream);
});

test("wrong arguments throw a clear error and change nothing", async ({ page }) => {
  await open(page, "?play=0");
  const before = await state(page);
  const wrong: [string, unknown, RegExp][] = [
    ["dispatch", undefined, /needs a command/],
    ["dispatch", { do: "dance" }, /not a command/],
    ["dispatch", { do: "inject", fault: { type: "kill", sid: 99 } }, /99/],
    ["dispatch", { do: "inject", fault: { type: "restart", sid: 1 } }, /already running/],
    ["seek", -1, /milliseconds/],
    ["seek", "soon", /milliseconds/],
    ["speed", 0, /number from/],
    ["speed", "fast", /number from/],
    ["load", 7, /zoo\.cfg/],
    ["load", "tickTime=", /zoo\.cfg/],
    ["load", "{", /scenario/],
    ["load", { version: 99, zooCfg: "" }, /version 99/],
  ];
  for (const [name, argument, message] of wrong) {
    const thrown = await page.evaluate(
      ([name, argument]) => {
        try {
          (window as any).zabscope[name as string](argument);
        } catch (error) {
          return { isError: error instanceof Error, message: String((error as Error).message) };
        }
        return null;
      },
      [name, argument] as const,
    );
    expect(thrown, `${name}(${JSON.stringify(argument)})`).not.toBeNull();
    expect(thrown!.isError).toBe(true);
    expect(thrown!.message).toMatch(message);
  }
  expect(await state(page)).toEqual(before);
});

test("a browser without WebAssembly is told so", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "WebAssembly", { value: undefined });
  });
  await page.goto("./");
  await expect(page.getByRole("heading", { name: "ZabScope could not start" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("WebAssembly");
});

test.describe("a program that stops", () => {
  test.use({ expectedErrors: [["uncaught: unreachable"], { option: true }] });

  test("a simulation that stops shows a page with a report to copy", async ({ page }) => {
    await open(page);
    await page.evaluate(() => (window as any).zabscope.dispatch({ do: "inject", fault: { type: "pullPlug", sid: 2 } }));
    // What the browser throws where a release of the program stops.
    await page.evaluate(() => setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
    await expect(page.getByRole("heading", { name: "The simulation stopped" })).toBeFocused();
    const report = page.getByRole("textbox", { name: "Report" });
    await expect(report).toHaveValue(/unreachable/);
    await expect(report).toHaveValue(/seed: \d+[\s\S]*pullPlug/);
    await expect(page.getByRole("button", { name: "Copy report" })).toBeVisible();
    await expectNoAxeViolations(page);
    await picture(page, "stopped");
    await page.getByRole("button", { name: "Start again" }).click();
    await ready(page);
    await settled(page);
  });
});
