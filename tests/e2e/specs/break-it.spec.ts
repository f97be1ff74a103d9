// What people do to a cluster, by mouse, by finger and by keyboard, and what the cluster does then.
import { devices } from "@playwright/test";
import { call, open, server, settled, state, until } from "../cluster";
import { expect, expectNoAxeViolations, picture, test } from "../page";

test("a cold start reaches a leader on screen", async ({ page }) => {
  await open(page);
  const { leader, servers } = await settled(page);
  expect(servers).toHaveLength(5);
  await expect(page.getByRole("region", { name: "Scoreboard" })).toContainText(`S${leader} leads epoch`);
  await expect(page.getByRole("button", { name: new RegExp(`^S${leader}, Leader`) })).toBeVisible();
  await expect(page.locator("#act")).toHaveText("Kill the leader");
  await expectNoAxeViolations(page);
  await picture(page, "leader");
});

test("the servers can be watched before anybody leads", async ({ page }) => {
  await open(page, "?play=0");
  await call(page, "seek", 0);
  expect((await state(page)).leader).toBeNull();
  await expect(page.getByRole("region", { name: "Scoreboard" })).toContainText("No leader");
  await call(page, "speed", 10);
  await call(page, "play");
  await settled(page);
});

test("killing the leader by mouse lets the others elect another", async ({ page }) => {
  await open(page);
  const before = await settled(page);
  await page.getByRole("tab", { name: "Events" }).click();
  await page.locator("#act").click();
  // The narration goes on after a second, however slow the machine is; the list keeps it.
  await expect(page.getByRole("tabpanel")).toContainText(`You killed S${before.leader}`);
  await until(page, (s) => s.leader === null, "nobody leads");
  await page.evaluate(() => (window as any).zabscope.pause());
  await expectNoAxeViolations(page);
  await picture(page, "election");
  await call(page, "speed", 1);
  await call(page, "play");
  const after = await settled(page);
  expect(after.leader).not.toBe(before.leader);
  expect(after.servers[0].currentEpoch).toBeGreaterThan(before.servers[0].currentEpoch);
  await expect(page.locator("#act")).toHaveText(`Restart S${before.leader}`);
  await page.locator("#act").click();
  await until(page, (s) => s.servers.every((one) => one.serving), "the old leader follows");
});

test("a double click kills a server and starts it again", async ({ page }) => {
  await open(page);
  await settled(page);
  await call(page, "speed", 1);
  await server(page, 2).dblclick();
  await until(page, (s) => s.servers[1].power === "killed", "S2 is killed");
  await server(page, 2).dblclick();
  await until(page, (s) => s.servers[1].power !== "killed", "S2 starts");
});

test("killing the leader by keyboard: K without a selection means the leader", async ({ page }) => {
  await open(page);
  const before = await settled(page);
  await page.keyboard.press("k");
  await until(page, (s) => s.servers[before.leader! - 1].power === "killed", "the leader is killed");
  await call(page, "speed", 1);
  expect((await settled(page)).leader).not.toBe(before.leader);
  // Z takes it back: the same leader leads as if nothing had happened.
  await page.keyboard.press("z");
  await until(page, (s) => s.leader === before.leader, "the old leader leads");
});

test("the menu of a server opens by keyboard and gives reasons", async ({ page }) => {
  await open(page, "?play=0");
  await server(page, 1).focus();
  await page.keyboard.press("ArrowRight");
  await expect(server(page, 2)).toBeFocused();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu");
  await expect(menu.getByRole("menuitem").first()).toBeFocused();
  await expectNoAxeViolations(page);
  await picture(page, "menu");
  await page.keyboard.press("Enter");
  await until(page, (s) => s.servers[1].power === "killed", "S2 is killed");
  await expect(menu).toHaveCount(0);
  await server(page, 2).click({ button: "right" });
  const plug = menu.getByRole("menuitem", { name: /Pull the plug/ });
  await expect(plug).toHaveAttribute("aria-disabled", "true");
  await expect(plug).toContainText("S2 is down");
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
});

test("keys do nothing in a text field, and single letters can be turned off", async ({ page }) => {
  await open(page, "?play=0");
  await page.getByRole("button", { name: "zoo.cfg" }).click();
  await page.locator("#config-text").focus();
  await page.keyboard.type("k");
  await page.keyboard.press("Escape");
  expect((await state(page)).servers.every((one) => one.power === "up")).toBe(true);
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard map" });
  await expect(help).toBeVisible();
  await expectNoAxeViolations(page);
  await help.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);
  await page.keyboard.press("k");
  expect((await state(page)).servers.every((one) => one.power === "up")).toBe(true);
});

test("a partition drawn as a lasso cuts off the leader, and healing brings it back", async ({ page }) => {
  await open(page, "?play=0");
  const before = await state(page);
  await page.locator('[data-tool="partition"].tool').click();
  const box = (await server(page, before.leader!).boundingBox())!;
  const [x, y, r] = [box.x + box.width / 2, box.y + box.height / 2, box.width * 0.8];
  await page.mouse.move(x + r, y);
  await page.mouse.down();
  for (let step = 1; step <= 24; step++) {
    const angle = (step / 24) * 2 * Math.PI;
    await page.mouse.move(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  await page.mouse.up();
  expect((await state(page)).faults).toHaveLength(1);
  await expect(page.locator(".penchip")).toContainText(`You cut off S${before.leader}`);
  await call(page, "speed", 10);
  await call(page, "play");
  const apart = await until(
    page,
    (s) => s.leader !== null && s.leader !== before.leader,
    "the others elect a leader",
  );
  await call(page, "pause");
  expect(apart.servers[apart.leader! - 1].currentEpoch).toBeGreaterThan(before.servers[0].currentEpoch);
  await expectNoAxeViolations(page);
  await picture(page, "partition");
  await page.locator(".penchip button").click();
  expect((await state(page)).faults).toHaveLength(0);
  await call(page, "play");
  await until(page, (s) => s.servers.every((one) => one.serving), "everybody follows one leader");
});

test("a link is cut by a stroke and by typing L and two digits", async ({ page }) => {
  await open(page, "?play=0");
  await page.locator('[data-tool="cut"].tool').click();
  const middle = async (sid: number) => {
    const box = (await server(page, sid).boundingBox())!;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const [from, to] = [await middle(1), await middle(2)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  expect((await state(page)).faults).toHaveLength(1);
  await page.keyboard.type("l34");
  expect((await state(page)).faults).toHaveLength(2);
  await page.keyboard.type("x5");
  await page.keyboard.press("Enter");
  expect((await state(page)).faults).toHaveLength(3);
  await page.keyboard.press("h");
  expect((await state(page)).faults).toHaveLength(0);
});

test("a leader paused beyond the limit loses its place and learns of it when it goes on", async ({ page }) => {
  await open(page, "?play=0");
  const before = await state(page);
  await page.keyboard.press("p");
  await until(page, (s) => s.servers[before.leader! - 1].power === "paused", "the leader is paused");
  await call(page, "speed", 10);
  await call(page, "play");
  await until(page, (s) => s.leader !== null && s.leader !== before.leader, "the others elect a leader");
  await call(page, "pause");
  await expectNoAxeViolations(page);
  await picture(page, "paused");
  await expect(page.locator("#act")).toHaveText(`Resume S${before.leader}`);
  await page.locator("#act").click();
  await call(page, "play");
  await until(page, (s) => s.servers.every((one) => one.serving), "the old leader follows");
});

test.describe("with fingers", () => {
  const { defaultBrowserType: _, ...phone } = devices["iPhone 13"];
  test.use({ ...phone, viewport: { width: 390, height: 844 } });

  test("the leader is killed by a tap, and a held finger opens a menu", async ({ page }) => {
    await open(page);
    const before = await settled(page);
    await page.locator("#act-row").tap();
    await until(page, (s) => s.servers[before.leader! - 1].power === "killed", "the leader is killed");
    await page.evaluate(() => (window as any).zabscope.pause());
    const target = server(page, before.leader === 1 ? 2 : 1);
    await target.dispatchEvent("pointerdown", { pointerId: 1, isPrimary: true, button: 0, pointerType: "touch", ...(await center(target)) });
    await expect(page.getByRole("menu")).toBeVisible();
    await expectNoAxeViolations(page);
    await picture(page, "phone-menu");
  });

  test("nothing scrolls sideways, and the sheet opens", async ({ page }) => {
    await open(page);
    await settled(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await expectNoAxeViolations(page);
    await picture(page, "phone");
    await page.getByRole("tab", { name: "Events" }).tap();
    await expect(page.getByRole("tabpanel")).toBeVisible();
    await page.evaluate(() => (window as any).zabscope.pause());
    await expectNoAxeViolations(page);
    await picture(page, "phone-sheet");
  });
});

async function center(target: import("@playwright/test").Locator) {
  const box = (await target.boundingBox())!;
  return { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
}
