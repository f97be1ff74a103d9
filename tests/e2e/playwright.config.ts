// End-to-end tests of the release build, started by `cargo xtask test`.
// By hand, after `cargo xtask build`: ZABSCOPE_CHROMIUM=/usr/bin/chromium npx playwright test
import { defineConfig } from "@playwright/test";

const port = Number(process.env.ZABSCOPE_E2E_PORT ?? 4173);
const out = process.env.ZABSCOPE_E2E_OUT ?? "../../target/e2e";

export default defineConfig({
  testDir: "./specs",
  outputDir: `${out}/results`,
  // A test that passes only the second time has found something.
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    // A path below the root: the folder must work from anywhere.
    baseURL: `http://127.0.0.1:${port}/somewhere/zabscope/`,
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.ZABSCOPE_CHROMIUM,
      args: (process.env.ZABSCOPE_CHROMIUM_FLAGS ?? "").split(" ").filter((flag) => flag !== ""),
    },
  },
  webServer: {
    command: `node server.mjs ../../dist ${port} /somewhere/zabscope/`,
    port,
    // Another checkout's server would serve another checkout's page.
    reuseExistingServer: false,
  },
});
