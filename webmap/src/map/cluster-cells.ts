/** The layer whose areas are counted together while they are too small to be seen. */
export const CLUSTERED = "permits";

/** An area whose sides are shorter, in pixels, is a speck: neither its shape nor its outline can be read. */
const SPECK_PX = 12;

export interface Speck {
  id: number;
  /** In EPSG:3857. */
  at: [number, number];
  /** The line of the legend that draws it. */
  line: number;
}

export interface Cluster {
  /** In the middle of its specks. */
  at: [number, number];
  specks: Speck[];
  extent: [number, number, number, number];
}

export function isSpeck([west = 0, south = 0, east = 0, north = 0]: readonly number[], resolution: number): boolean {
  return Math.max(east - west, north - south) < SPECK_PX * resolution;
}

/**
 * The specks by the cells of a grid that stays while the map is moved; `cell` is the side of one. Clusters closer to each
 * other than `near` are one, for their numbers would lie over each other. Both in metres of the map.
 */
export function clustersOf(specks: readonly Speck[], cell: number, near = 0): Cluster[] {
  const cells = new Map<string, Speck[]>();
  for (const speck of specks) {
    const key = speck.at.map((value) => Math.floor(value / cell)).join();
    const known = cells.get(key);
    if (known) known.push(speck);
    else cells.set(key, [speck]);
  }
  const largestFirst = [...cells].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
  return largestFirst
    .map(([, group]) => clusterOf(group))
    .reduce((kept, one) => join(kept, one, near), [] as Cluster[]);
}

/** Those kept so far with one more, alone or as a part of the first that it would lie over. */
function join(kept: Cluster[], one: Cluster, near: number): Cluster[] {
  const under = kept.findIndex(({ at }) => Math.hypot(at[0] - one.at[0], at[1] - one.at[1]) < near);
  const other = kept[under];
  return other ? kept.with(under, clusterOf([...other.specks, ...one.specks])) : [...kept, one];
}

function clusterOf(specks: Speck[]): Cluster {
  const xs = specks.map(({ at }) => at[0]);
  const ys = specks.map(({ at }) => at[1]);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const extent: Cluster["extent"] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  return { at: [mean(xs), mean(ys)], specks, extent };
}
