import type { FeatureLike } from "ol/Feature";
import Feature from "ol/Feature";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import type VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import { type Cluster, clustersOf, isSpeck, type Speck } from "./cluster-cells";
import { inkOf, lineFor } from "./legend";
import type { MapLayer } from "./model";
import { FAMILY, type Palette, palette } from "./palette";
import type { Box } from "./place-names";

const CELL_PX = 56;
/** Nearer than that, two numbers cannot be read. */
const APART_PX = 34;
const DOT_PX = 5;
const RING_PX = 2;
/** A number is read over all layers, under what is selected. */
const OVER_LAYERS = 990;

const radiusOf = (count: number): number => (count === 1 ? DOT_PX : 10 + Math.min(8, 2 * Math.log2(count)));

/** Areas that are too small to be seen, from the tiles that are here: alone a dot of their colour, together their number. */
export class Clusters {
  private readonly source = new VectorSource();
  private readonly placed = new VectorLayer({ source: this.source, updateWhileAnimating: true });
  /** What is drawn, as text; null: to be drawn anew. */
  private drawn: string | null = null;

  constructor(
    private readonly map: OlMap,
    private readonly tiles: VectorTileLayer,
    private layer: MapLayer,
  ) {
    this.map.addLayer(this.placed);
    this.map.on("rendercomplete", this.draw);
    this.adjust(layer);
  }

  adjust(layer: MapLayer): void {
    this.layer = layer;
    this.drawn = null;
    this.placed.setVisible(layer.visible);
    this.placed.setOpacity(layer.opacity);
    this.placed.setZIndex(OVER_LAYERS);
    this.map.render();
  }

  remove(): void {
    this.map.un("rendercomplete", this.draw);
    this.map.removeLayer(this.placed);
  }

  /** Where to look closer when one clicks a number; null beside all of them, and on a single dot. */
  at(pixel: number[]): [number, number, number, number] | null {
    const found = this.map.forEachFeatureAtPixel(pixel, (feature) => feature.get("cluster") as Cluster, {
      layerFilter: (layer) => layer === this.placed,
    });
    return found && found.specks.length > 1 ? found.extent : null;
  }

  /** What the numbers and dots cover of the screen, in pixels. */
  taken(): Box[] {
    if (!this.layer.visible) return [];
    return this.source.getFeatures().map((mark) => {
      const cluster = mark.get("cluster") as Cluster;
      const [x = 0, y = 0] = this.map.getPixelFromCoordinate(cluster.at);
      const reach = radiusOf(cluster.specks.length) + RING_PX;
      return [x - reach, y - reach, x + reach, y + reach];
    });
  }

  private draw = (): void => {
    const resolution = this.map.getView().getResolution();
    const size = this.map.getSize();
    if (!resolution || !size || !this.layer.visible) return;
    const here = this.tiles.isVisible(this.map.getView())
      ? this.tiles.getFeaturesInExtent(this.map.getView().calculateExtent(size))
      : [];
    const clusters = clustersOf(this.specks(here, resolution), CELL_PX * resolution, APART_PX * resolution);
    const text = clusters.map(({ at, specks }) => `${at.map(Math.round)}:${specks.length}:${specks[0]?.line}`).join();
    if (text === this.drawn) return;
    this.drawn = text;
    const colours = palette(this.layer.look);
    this.source.clear(true);
    this.source.addFeatures(clusters.map((cluster) => this.mark(cluster, colours)));
  };

  private specks(features: readonly FeatureLike[], resolution: number): Speck[] {
    const specks = new Map<number, Speck>();
    for (const feature of features) {
      const id = feature.getId();
      const extent = feature.getGeometry()?.getExtent();
      if (typeof id !== "number" || !extent || specks.has(id) || !isSpeck(extent, resolution)) continue;
      const [west = 0, south = 0, east = 0, north = 0] = extent;
      const line = lineFor(this.layer.legend, (column) => feature.get(column));
      if (line >= 0) specks.set(id, { id, at: [(west + east) / 2, (south + north) / 2], line });
    }
    return [...specks.values()];
  }

  private mark(cluster: Cluster, colours: Palette): Feature {
    const mark = new Feature({ geometry: new Point(cluster.at), cluster });
    const count = cluster.specks.length;
    const ring = new Stroke({ color: colours.halo, width: RING_PX });
    if (count === 1) {
      const symbol = this.layer.legend[cluster.specks[0]?.line ?? 0]?.symbol;
      const fill = new Fill({ color: symbol ? inkOf(symbol, colours.accent) : colours.accent });
      mark.setStyle(new Style({ image: new Circle({ radius: radiusOf(1), fill, stroke: ring }) }));
      return mark;
    }
    const text = new Text({
      text: String(count),
      font: `700 13px ${FAMILY}`,
      fill: new Fill({ color: colours.label }),
      stroke: new Stroke({ color: colours.halo, width: 3 }),
    });
    const image = new Circle({
      radius: radiusOf(count),
      fill: new Fill({ color: colours.halo }),
      stroke: new Stroke({ color: colours.accent, width: 2 }),
    });
    mark.setStyle([new Style({ image, zIndex: count }), new Style({ text, zIndex: count })]);
    return mark;
  }
}
