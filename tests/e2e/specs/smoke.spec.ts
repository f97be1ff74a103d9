// The page loads from a folder on any path, asks for nothing afterwards, and offends nobody.
import { expect, expectNoAxeViolations, picture, requestsFromNow, test } from "../page";

test("the page loads, without a word to the network afterwards", async ({ page }) => {
  await page.goto("./", { waitUntil: "networkidle" });
  await expect(page).toHaveTitle(/ZabScope/);
  await expect(page.getByRole("main")).toBeVisible();
  const requests = requestsFromNow(page);
  await page.waitForTimeout(1_500);
  expect(requests).toEqual([]);
  await picture(page, "smoke");
});

test("the first screen has no accessibility violation", async ({ page }) => {
  await page.goto("./", { waitUntil: "networkidle" });
  await expectNoAxeViolations(page);
});
