// The second part of the program: it comes by itself, at once where it is needed before, and a page
// that does not get it says so.
import type { Page, Request } from "@playwright/test";
import { call, open, ready } from "../cluster";
import { expect, expectNoAxeViolations, picture, test } from "../page";

const REST = "**/*.rest.lzma";

/** Something the first picture does not need. */
async function readConfig(page: Page): Promise<void> {
  await page.getByRole("button", { name: "zoo.cfg" }).click();
  await expect(page.getByRole("dialog")).toContainText("Valid: 5 servers");
}

/** Holds back what the page asks for by itself; collects what it asks for because it must. */
async function onlyWhenNeeded(page: Page): Promise<Request[]> {
  const needed: Request[] = [];
  await page.route(REST, (route) => {
    if (route.request().resourceType() === "fetch") return;
    needed.push(route.request());
    return route.continue();
  });
  return needed;
}

for (const [query, isAfter] of [["?play=0", true], ["#play=0", false]] as const) {
  const when = isAfter ? "after the first picture" : "at once where the address has a fragment";
  test(`the rest comes ${when}, and only once`, async ({ page }) => {
    await page.addInitScript(() => {
      const fetched = window.fetch;
      window.fetch = (what, how) => {
        if (String(what).endsWith(".rest.lzma")) {
          (window as any).restAsked.push(document.querySelector(".hit") !== null);
        }
        return fetched(what, how);
      };
      (window as any).restAsked = [];
    });
    await open(page, query);
    const asked = () => page.evaluate(() => (window as any).restAsked);
    await expect.poll(asked).toEqual([isAfter]);
    await readConfig(page);
    expect(await asked()).toEqual([isAfter]);
  });
}

test("what needs the rest before it has come waits for it", async ({ page }) => {
  const needed = await onlyWhenNeeded(page);
  await open(page, "?play=0");
  expect(needed).toHaveLength(0);
  await readConfig(page);
  await page.keyboard.press("Escape");
  await call(page, "dispatch", { do: "inject", fault: { type: "pullPlug", sid: 2 } });
  await expect(page.locator('.hit[data-sid="2"]')).toHaveAccessibleName(/No power/);
  expect(needed.map((request) => request.resourceType())).toEqual(["xhr"]);
});

test.describe("a stop", () => {
  test.use({ expectedErrors: [["uncaught: unreachable"], { option: true }] });

  test("is reported although the rest has not come", async ({ page }) => {
    await onlyWhenNeeded(page);
    await open(page, "?play=0");
    await page.evaluate(() => setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
    await expect(page.getByRole("heading", { name: "The simulation stopped" })).toBeFocused();
    await expect(page.getByRole("textbox", { name: "Report" })).toHaveValue(/unreachable/);
  });
});

test.describe("without the rest", () => {
  test.use({ tolerated: [/Failed to load resource|Failed to execute 'send'/, { option: true }] });

  test("the page says so, keeps asking, and starts again when it comes", async ({ page }) => {
    await page.route(REST, (route) => route.abort());
    await open(page, "?play=0");
    await expect(page.locator("#late")).toContainText("has not arrived yet");
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "zoo.cfg" }).click();
    const heading = page.getByRole("heading", { name: "A part of the program is missing" });
    await expect(heading).toBeFocused();
    await expectNoAxeViolations(page);
    await picture(page, "late");
    await page.unroute(REST);
    await expect(heading).toHaveCount(0, { timeout: 20_000 });
    await ready(page);
    await readConfig(page);
  });

  test("what was only late is said no longer once it comes", async ({ page }) => {
    let answers = false;
    await page.route(REST, (route) => (answers ? route.continue() : route.abort()));
    await open(page, "?play=0&lang=zh");
    await expect(page.locator("#late")).toContainText("尚未到达");
    answers = true;
    await expect(page.locator("#late")).toHaveCount(0, { timeout: 20_000 });
  });
});
