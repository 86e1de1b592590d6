import type { ApiClient } from "../../api/client";
import type * as schema from "../../api/schema";
import type { Photo } from "../../api/types";
import type { Box } from "../../geo/shape";
import { flatGround, type Ground, readGround } from "./ground";

/** How far one sees beyond the middle of the project: a square of a kilometre. */
export const REACH_M = 500;
/** How far from the middle of the project shadows are drawn. */
export const SHADOW_REACH_M = 180;
const GRID_SIZE = 256;
const PHOTO_PX = 2048;

/** What a view is made of, photos apart. */
export interface SceneData {
  readonly scene: schema.SimulationSceneAnswer;
  readonly ground: Ground;
}

/** The scene of volumes; the buildings that the project demolishes are not in it. */
export async function loadScene(
  api: ApiClient,
  url: string,
  volumes: readonly schema.SimulationVolume[],
  demolished: readonly number[],
  signal: AbortSignal,
): Promise<SceneData> {
  const body = { volumes, reach_m: REACH_M, demolished: [...demolished] };
  const answer = await api.send(`${url}simulations/scene`, { method: "POST", body, signal });
  const scene = (await answer.json()) as schema.SimulationSceneAnswer;
  return { scene, ground: await loadGround(api, url, scene, signal) };
}

/** Where no ground may be read it is flat: at the foot of the project if that is given, else at 0 m. */
async function loadGround(
  api: ApiClient,
  url: string,
  scene: schema.SimulationSceneAnswer,
  signal: AbortSignal,
): Promise<Ground> {
  if (scene.ground === null) {
    const level = scene.volumes.find(({ foot_m }) => foot_m !== null)?.foot_m ?? 0;
    return flatGround(scene.bbox as unknown as Box, level);
  }
  const answer = await api.send(`${url}heights/grid?bbox=${scene.bbox.join()}&size=${GRID_SIZE}`, { signal });
  return readGround((await answer.json()) as schema.HeightGrid);
}

/** A campaign on a rectangle, as one image: its rights are those of its tiles. */
export async function loadPhoto(api: ApiClient, photo: Photo, box: Box, signal: AbortSignal): Promise<ImageBitmap> {
  const answer = await api.send(photoUrl(photo, box), { signal });
  return createImageBitmap(await answer.blob(), { imageOrientation: "flipY" });
}

export function photoUrl({ tiles, slug, resolution_m }: Photo, [west, south, east, north]: Box): string {
  const [edition = ""] = tiles.split("/wmts/");
  const pixels = (metres: number): number => Math.round(Math.min(PHOTO_PX, Math.max(64, metres / resolution_m)));
  const query = new URLSearchParams({
    SERVICE: "WMS",
    VERSION: "1.3.0",
    REQUEST: "GetMap",
    LAYERS: slug,
    STYLES: "",
    CRS: "EPSG:2154",
    BBOX: [west, south, east, north].join(),
    WIDTH: String(pixels(east - west)),
    HEIGHT: String(pixels(north - south)),
    FORMAT: "image/jpeg",
  });
  return `${edition}/wms?${query}`;
}
