/** What a layer's features are. */
export type GeometryType = "polygon" | "line" | "point";

/** GeoJSON geometry. */
export interface Geometry {
  type: string;
  coordinates?: unknown;
  geometries?: Geometry[];
}
