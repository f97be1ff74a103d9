// The promises: what is watched is listed, in words, in both languages and on a phone.
import { call, open, ready } from "../cluster";
import { expect, expectNoAxeViolations, picture, test } from "../page";

test("every promise is listed and kept while the leader is cut off", async ({ page }) => {
  await open(page, "?play=0");
  await page.getByRole("tab", { name: "Promises" }).click();
  const rows = page.getByRole("tabpanel").getByRole("listitem");
  await expect(rows.first()).toContainText("At most one leader");
  expect(await rows.count()).toBeGreaterThanOrEqual(2);
  await call(page, "dispatch", { do: "inject", fault: { type: "partition", side: [5] } });
  await call(page, "seek", 30_000);
  for (const row of await rows.all()) await expect(row).toContainText("Kept:");
  await expectNoAxeViolations(page);
  await picture(page, "promises");
});

test("the promises fit a phone and speak Chinese", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "?lang=zh&play=0");
  await ready(page);
  await page.getByRole("tab", { name: "承诺" }).click();
  await expect(page.getByRole("tabpanel").getByRole("listitem").first()).toContainText("领导者");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectNoAxeViolations(page);
});
