// Clients on the stage: they write from the first moment, lose their server, and come back.
import { call, client, open, ready, settled, state, until } from "../cluster";
import { expect, expectNoAxeViolations, picture, test } from "../page";

const served = (page: Parameters<typeof state>[0], what = "three clients are served") =>
  until(page, (s) => s.clients.length === 3 && s.clients.every((one) => one.service === "served"), what);

const board = (page: Parameters<typeof state>[0]) => page.getByRole("region", { name: "Scoreboard" });

for (const theme of ["light", "dark"]) {
  test(`a cold start shows three served clients whose writes are committed, in ${theme} colours`, async ({ page }) => {
    await open(page, `?theme=${theme}`);
    const before = await served(page);
    await expect(board(page)).toContainText("3 of 3 served");
    for (const one of before.clients) {
      await expect(client(page, one.id)).toHaveAccessibleName(`Client ${one.name}, served, at S${one.host}`);
    }
    await call(page, "speed", 1);
    await until(
      page,
      (s) => s.servers.every((one, i) => one.zxid > before.servers[i].zxid),
      "every server applies what the clients write",
    );
    const done = (s: typeof before) => s.clients.reduce((sum, one) => sum + one.acknowledged, 0);
    await until(page, (s) => done(s) > done(before), "their writes are answered");
    await call(page, "pause");
    await expect(page.getByRole("heading", { name: "Logs side by side" })).toBeVisible();
    await expectNoAxeViolations(page);
    await picture(page, `clients-${theme}`);
  });
}

test("a page that opens paused says what there is, on a laptop too", async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await open(page, "?play=0");
  await expect(page.locator(".caption p")).toContainText("S5 leads");
  await expect(page.locator(".track svg rect").first()).toBeAttached();
  const panel = page.getByRole("tabpanel");
  expect(await panel.evaluate((body) => body.scrollWidth - body.clientWidth)).toBeLessThanOrEqual(0);
  await picture(page, "clients-laptop");
});

test("without a leader nobody is served; afterwards all are, in the sessions they had", async ({ page }) => {
  await open(page);
  const before = await served(page);
  await call(page, "speed", 0.2);
  await page.locator("#act").click();
  await until(page, (s) => s.clients.every((one) => one.service !== "served"), "nobody is served");
  await call(page, "pause");
  await expect(board(page)).toContainText("0 of 3 served");
  await expectNoAxeViolations(page);
  await picture(page, "clients-away");
  await call(page, "speed", 2);
  await call(page, "play");
  await settled(page);
  const after = await served(page, "all are served again");
  expect(after.clients.map((one) => one.session)).toEqual(before.clients.map((one) => one.session));
  await call(page, "pause");
  await page.getByRole("tab", { name: "Events" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("Same session");
});

test("a client whose server is killed moves to another one", async ({ page }) => {
  await open(page, "?play=0");
  const before = await state(page);
  const [moved] = before.clients.filter((one) => one.host !== before.leader);
  const spot = await client(page, moved.id).boundingBox();
  await call(page, "dispatch", { do: "inject", fault: { type: "kill", sid: moved.host } });
  await call(page, "speed", 1);
  await call(page, "play");
  const after = await until(
    page,
    (s) => s.clients[moved.id].service === "served" && s.clients[moved.id].host !== moved.host,
    "it is served elsewhere",
  );
  expect(after.clients[moved.id].session).toBe(moved.session);
  await expect.poll(() => client(page, moved.id).boundingBox()).not.toEqual(spot);
});

test("the menu of a client opens by keyboard, and what is chosen happens", async ({ page }) => {
  await open(page, "?play=0");
  await client(page, 0).focus();
  await page.keyboard.press("ArrowRight");
  await expect(client(page, 1)).toBeFocused();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu");
  await expect(menu.getByRole("menuitem").first()).toBeFocused();
  await expect(menu.getByRole("menuitem")).toHaveText([
    /^Write/, /^Read/, /^Create ephemeral/, /^Reset its connection/, /^Cut its link/,
    /^Close its session/, /^Kill the process/, /^Inspect/,
  ]);
  await expectNoAxeViolations(page);
  await picture(page, "client-menu");
  const before = await state(page);
  await page.keyboard.press("Enter");
  await expect(menu).toHaveCount(0);
  await until(page, (s) => s.clients[1].inFlight > before.clients[1].inFlight, "client B asks");
  await expect(page.locator(".caption")).toContainText("You let client B ask: SETDATA");
  await client(page, 1).click({ button: "right" });
  await menu.getByRole("menuitem", { name: /Kill the process/ }).click();
  await until(page, (s) => s.clients[1].power === "killed", "client B is killed");
  await client(page, 1).click();
  const write = page.getByRole("tabpanel").getByRole("button", { name: "Write" });
  await expect(write).toHaveAttribute("aria-disabled", "true");
  await expectNoAxeViolations(page);
});

test("E takes the tool to write with, and a click lets a client write", async ({ page }) => {
  await open(page, "?play=0");
  const before = await state(page);
  await page.keyboard.press("e");
  await expect(page.locator('[data-tool="write"].tool')).toHaveAttribute("aria-pressed", "true");
  await client(page, 2).click();
  await until(page, (s) => s.clients[2].inFlight > before.clients[2].inFlight, "client C asks");
});

test("on a phone clients dock under their servers, and nothing scrolls sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const query of ["?theme=light", "?theme=dark&lang=zh"]) {
    await open(page, query);
    await ready(page);
    await served(page);
    await call(page, "pause");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectNoAxeViolations(page);
    await picture(page, `clients-phone-${query.includes("zh") ? "zh" : "en"}`);
    await page.getByRole("tab").first().click();
    await expect(page.getByRole("table")).toHaveCount(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectNoAxeViolations(page);
  }
});
