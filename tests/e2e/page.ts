// What every spec builds on: a page that fails the test when it asks the network for anything after
// it has loaded, or when it reports an error; axe; and pictures.
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

export { expect };

/** `test` whose page is watched: errors and requests to other places fail it. */
export const test = base.extend<{ expectedErrors: string[]; tolerated: RegExp; watched: void }>({
  /** What a test that stops the program must see reported, and nothing else. */
  expectedErrors: [[], { option: true }],
  /** What a test that takes the network away may see any number of times. */
  tolerated: [/^$/, { option: true }],
  watched: [
    async ({ page, baseURL, expectedErrors, tolerated }, use) => {
      const all: string[] = [];
      const complaints = { push: (text: string) => tolerated.test(text) || all.push(text) };
      page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(`console: ${message.text()}`);
      });
      page.on("request", (request) => {
        const url = request.url();
        const local = url.startsWith(baseURL!) || /^(data|blob):/.test(url);
        if (!local) complaints.push(`request to ${url}`);
      });
      await use();
      expect(all, "the page complained or asked another server").toEqual(expectedErrors);
    },
    { auto: true },
  ],
});

/** Collects requests made from now on; "no request after load" is `expect(requests).toEqual([])`. */
export function requestsFromNow(page: Page): string[] {
  const requests: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) requests.push(request.url());
  });
  return requests;
}

/** Fails with the rule, the elements and the remedy for every accessibility violation. */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const lines = violations.map(
    (v) => `${v.id} (${v.impact}): ${v.help}\n    ${v.nodes.map((n) => n.target.join(" ")).join("\n    ")}`,
  );
  expect(lines, "axe found violations").toEqual([]);
}

/** Saves a picture of the page for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(resolve(process.env.ZABSCOPE_E2E_OUT ?? "../../target/e2e"), "pictures");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
