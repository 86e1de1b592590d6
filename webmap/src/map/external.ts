import type ImageTile from "ol/ImageTile";
import TileLayer from "ol/layer/Tile";
import { transformExtent } from "ol/proj";
import XYZ from "ol/source/XYZ";
import type Tile from "ol/Tile";
import TileState from "ol/TileState";
import { createXYZ } from "ol/tilegrid";
import type { MapLayer } from "./model";

const MOST_TRIES = 6;
const LARGE_PX = 512;

/** A layer that another server draws: our own fetches its images, a few at a time; one that is told to wait comes again. */
export function imageLayer(layer: MapLayer, failed: (detail: string) => void): TileLayer<XYZ> {
  const tileSize = layer.image?.tileSize ?? 256;
  const lag = tileSize === LARGE_PX ? 1 : 0;
  const source = new XYZ({
    url: layer.image?.url ?? "",
    tileGrid: createXYZ({ tileSize, minZoom: layer.minZoom, maxZoom: layer.maxZoom }),
    tileLoadFunction: (tile, url) => void load(tile, url, failed),
    transition: 0,
    wrapX: false,
  });
  return new TileLayer({
    source,
    minZoom: layer.minZoom + lag - 0.51,
    ...(layer.extent ? { extent: transformExtent(layer.extent, "EPSG:4326", "EPSG:3857") } : {}),
  });
}

/** How many images are asked for at once: our server fetches no more than a few in each of its processes. */
const AT_ONCE = 3;
const waiting: (() => void)[] = [];
let underWay = 0;

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (underWay >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  else underWay += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else underWay -= 1;
  }
}

async function load(tile: Tile, url: string, failed: (detail: string) => void): Promise<void> {
  try {
    const answer = await inTurn(() => ask(url));
    if (answer.ok) show(tile as ImageTile, await answer.blob());
    else if (answer.status === 404) tile.setState(TileState.EMPTY);
    else {
      tile.setState(TileState.ERROR);
      failed(await detailOf(answer));
    }
  } catch {
    // The network is away: the map says so itself.
    tile.setState(TileState.ERROR);
  }
}

async function ask(url: string): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(url, { headers: { Accept: "image/*" }, credentials: "same-origin" });
    const wait = Number(answer.headers.get("Retry-After"));
    if (answer.status !== 503 || !wait || tries === MOST_TRIES) return answer;
    await new Promise((resolve) => setTimeout(resolve, wait * 1000 * (0.5 + Math.random())));
  }
}

function show(tile: ImageTile, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const image = tile.getImage() as HTMLImageElement;
  const forget = (): void => URL.revokeObjectURL(address);
  image.addEventListener("load", forget, { once: true });
  image.addEventListener("error", forget, { once: true });
  image.src = address;
}

async function detailOf(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
  return problem.detail ?? "";
}
