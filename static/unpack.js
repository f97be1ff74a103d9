// Unpacks the program while it arrives; the release build puts this into the page's script.
import { XzReadableStream } from "xz-decompress";

/** The wasm whose xz is at `address`, as an answer that the browser compiles while it comes in. */
export async function unpacked(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.statusText}`);
  const wasm = new XzReadableStream(answer.body);
  return new Response(wasm, { headers: { "Content-Type": "application/wasm" } });
}
