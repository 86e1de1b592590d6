import type { AppPort } from "../app/port";
import { snapUrl } from "../edit/requests";
import { type SnapFeature, SnapIndex } from "../edit/snap";
import type { Geometry } from "../geo/geojson";
import { readShape } from "../geo/shape";
import { boxOfLimits, type Limit } from "./limits";

const AROUND_M = 60;
const SNAPPED = ["parcels", "buildings"];

/** What one snaps to: limits of parcels and buildings around the terrain. */
export class Around {
  index = new SnapIndex([]);
  private of = "";

  constructor(private readonly app: AppPort) {}

  /** Without it one draws all the same, and snaps to nothing. */
  async load(limits: readonly Limit[]): Promise<void> {
    const box = boxOfLimits(limits);
    if (!box || this.of === box.join()) return;
    this.of = box.join();
    const [west, south, east, north] = box;
    const wide = [west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M] as const;
    try {
      const answer = await this.app.api.send(snapUrl(this.app.config.urls.api, wide, SNAPPED));
      const { features } = (await answer.json()) as { features: { id?: number; layer?: string; geometry: Geometry }[] };
      this.index = new SnapIndex(
        features.flatMap(({ id = 0, layer = "", geometry }): SnapFeature[] => {
          const shape = readShape(geometry);
          return shape ? [{ id, layer, shape }] : [];
        }),
      );
    } catch {
      this.of = "";
    }
  }
}
