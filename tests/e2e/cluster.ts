// What the specs share: opening the page on one certain run, reading it, and waiting for it.
import { expect, type Page } from "@playwright/test";

export interface Server {
  sid: number;
  power: string;
  state: string;
  currentEpoch: number;
  acceptedEpoch: number;
  zxid: string;
  vote: number | null;
  leader: number | null;
  serving: boolean;
}

export interface Client {
  id: number;
  name: string;
  power: string;
  service: string;
  connected: boolean;
  host: number | null;
  session: string;
  timeoutMs: number;
  zxid: string;
  inFlight: number;
  acknowledged: number;
  failed: number;
  unknown: number;
}

export interface State {
  timeMs: number;
  horizonMs: number;
  playing: boolean;
  speed: number | "auto";
  leader: number | null;
  inFlight: number;
  stream: string;
  faults: unknown[];
  servers: Server[];
  clients: Client[];
}

/** Opens the page; `query` such as `?play=0&theme=dark` decides how. */
export async function open(page: Page, query = ""): Promise<void> {
  await page.goto(`./${query}`);
  await ready(page);
}

/** Waits until the page shows its servers, after opening it or starting it again. */
export const ready = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => "zabscope" in window && document.querySelector(".hit") !== null);

export const state = (page: Page): Promise<State> =>
  page.evaluate(() => (window as any).zabscope.state());

/** Calls `zabscope.<name>(argument)`. */
export const call = (page: Page, name: string, argument?: unknown): Promise<any> =>
  page.evaluate(([name, argument]) => (window as any).zabscope[name as string](argument), [name, argument]);

/** Waits until the run is in a state that `holds` accepts. */
export async function until(page: Page, holds: (state: State) => boolean, what: string): Promise<State> {
  let last: State | undefined;
  await expect
    .poll(async () => holds((last = await state(page))), { message: what, timeout: 45_000 })
    .toBe(true);
  return last!;
}

/** Waits until somebody leads and everybody that runs is served. */
export const settled = (page: Page): Promise<State> =>
  until(
    page,
    (s) => s.leader !== null && s.servers.every((one) => one.power !== "up" || one.serving),
    "a leader leads and all follow",
  );

/** The button over a server. */
export const server = (page: Page, sid: number) => page.locator(`.hit[data-sid="${sid}"]`);

/** The button over a client. */
export const client = (page: Page, id: number) => page.locator(`.hit[data-client="${id}"]`);
