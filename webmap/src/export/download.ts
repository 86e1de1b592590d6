import type { ApiClient } from "../api/client";
import type { Format } from "./choice";

const TAIL = 512;
const LINE_END = 10;
const ERROR_LINE = /(^|\n)"?(ERREUR|ERROR)[^\n]*\r?\n?$/;

/** How much of a file has come. Each object of a CSV or GeoJSON file ends a line. */
export interface Progress {
  readonly bytes: number;
  readonly lines: number;
}

/** A file that came whole, under the name that the server gave it. */
export interface Received {
  readonly blob: Blob;
  readonly name: string;
}

/** A file that stopped before its end. */
export class CutShort extends Error {}

/**
 * Takes a streamed file in, telling how much has come. Throws ApiError, CutShort, or the AbortError.
 *
 * The server cannot take back an answer that has begun: a file that it could not finish ends with an error.
 */
export async function receive(
  api: ApiClient,
  url: string,
  format: Format,
  told: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Received> {
  const response = await api.send(url, { signal });
  const parts: BlobPart[] = [];
  let bytes = 0;
  let lines = 0;
  for (const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
    for (const byte of value) if (byte === LINE_END) lines += 1;
    told({ bytes, lines });
  }
  const blob = new Blob(parts, { type: response.headers.get("Content-Type") ?? "" });
  const tail = new Uint8Array(await blob.slice(Math.max(0, blob.size - TAIL)).arrayBuffer());
  if (!isWhole(format, tail)) throw new CutShort();
  return { blob, name: nameOf(response, format) };
}

/** Whether the last bytes of a file are those of a whole one. */
export function isWhole(format: Format, tail: Uint8Array): boolean {
  // Latin-1: each byte a character, whatever it is.
  const text = new TextDecoder("latin1").decode(tail);
  if (format === "geojson") return text.endsWith("\n]}\n");
  if (format === "fgb") return !/ÿÿÿÿ(ERREUR|ERROR)[^ÿ]*$/.test(text);
  return !ERROR_LINE.test(text);
}

function nameOf(response: Response, format: Format): string {
  return response.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1] ?? `export.${format}`;
}

/** Has the browser save something. */
export function save(href: string, name: string): void {
  const link = document.createElement("a");
  Object.assign(link, { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

const KEPT_MS = 600_000;

/** Has the browser save a file; the address at which it is opened for ten minutes more. */
export function saveBlob({ blob, name }: Received): string {
  const href = URL.createObjectURL(blob);
  save(href, name);
  window.setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
  return href;
}
