import { fromLambert93 } from "./lambert93";
import type { Bbox, LonLat } from "./mercator";
import type { Position } from "./shape";

/** A rectangle on the ground, its sides along the axes of EPSG:2154, in metres: what a sheet of paper shows. */
export interface Frame {
  readonly center: Position;
  readonly width: number;
  readonly height: number;
}

/** The frame's outline in longitude and latitude: its straight sides are bent a little in another projection. */
export function outline({ center: [x, y], width, height }: Frame, steps = 8): LonLat[] {
  const corners: Position[] = [
    [-0.5, -0.5],
    [0.5, -0.5],
    [0.5, 0.5],
    [-0.5, 0.5],
  ];
  return corners.flatMap(([fromX, fromY], i) => {
    const [toX, toY] = corners[(i + 1) % 4] as Position;
    return Array.from({ length: steps }, (_, step) => {
      const share = step / steps;
      return fromLambert93([x + width * (fromX + (toX - fromX) * share), y + height * (fromY + (toY - fromY) * share)]);
    });
  });
}

export function bboxOf(frame: Frame): Bbox {
  const places = outline(frame);
  const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** To the centimetre. */
export const rounded = ([x, y]: Position): Position => [Math.round(x * 100) / 100, Math.round(y * 100) / 100];
