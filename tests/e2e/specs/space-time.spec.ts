// The space–time diagram and "why?": the same moment in another projection, and what led to it.
import type { Page } from "@playwright/test";
import { call, open, ready, state } from "../cluster";
import { expect, expectNoAxeViolations, picture, test } from "../page";

/** The page a second after the leader was killed, in the diagram. */
async function afterKill(page: Page, query = ""): Promise<void> {
  await open(page, `?play=0${query}`);
  await ready(page);
  const { timeMs } = await state(page);
  await call(page, "dispatch", { do: "inject", fault: { type: "kill", sid: 5 } });
  await call(page, "seek", timeMs + 1_000);
}

const diagram = (page: Page) => page.getByRole("group", { name: "Space–time diagram" });

/** How many points of the canvas are painted. */
async function painted(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.getElementById("space-canvas") as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) count += 1;
    return count;
  });
}

test("the diagram shows the same moment, and what is chosen in words", async ({ page }) => {
  await afterKill(page);
  await page.getByRole("button", { name: "Space–time" }).click();
  await expect(diagram(page)).toBeVisible();
  await expect.poll(() => painted(page)).toBeGreaterThan(5_000);
  await diagram(page).focus();
  for (let n = 0; n < 4; n += 1) await page.keyboard.press("ArrowLeft");
  const callout = page.locator(".callout");
  await expect(callout).toContainText(/S[1-5]/);
  await expectNoAxeViolations(page);
  await picture(page, "space-time");
  await callout.getByRole("button", { name: "Go there" }).click();
  await page.keyboard.press("Escape");
});

test("why a new leader leads: from the act to the quorum", async ({ page }) => {
  await afterKill(page);
  await page.getByRole("button", { name: "Space–time" }).click();
  await page.keyboard.press("4");
  await page.getByRole("button", { name: "Why is S4 in this state?" }).click();
  const links = page.getByRole("tabpanel").getByRole("listitem");
  await expect(links.first()).toContainText("You killed S5");
  expect(await links.count()).toBeGreaterThan(3);
  await expectNoAxeViolations(page);
  await picture(page, "why");
});

test("lanes hide and come back, and the diagram zooms", async ({ page }) => {
  await afterKill(page);
  await page.keyboard.press("t");
  const hide = page.getByRole("button", { name: "Hide the lane of S1" });
  await hide.focus();
  await page.keyboard.press("Enter");
  await expect(hide).toHaveCount(0);
  await page.getByRole("button", { name: "Show 1 hidden" }).click();
  await expect(hide).toHaveCount(1);
  const before = await painted(page);
  await page.getByRole("button", { name: "Show more time" }).click();
  await expect.poll(() => painted(page)).not.toBe(before);
  await page.keyboard.press("t");
  await expect(diagram(page)).toHaveCount(0);
});

test("the diagram fits a phone, in the dark, in Chinese", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await afterKill(page, "&lang=zh&theme=dark");
  await page.keyboard.press("t");
  await expect.poll(() => painted(page)).toBeGreaterThan(1_000);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectNoAxeViolations(page);
  await picture(page, "space-time-phone");
});
