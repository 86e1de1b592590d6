import { isAbort } from "../api/client";
import type { Box, Position } from "../geo/shape";
import type { EditClient } from "./client";
import { lastLaid } from "./drawing";
import { rounded } from "./figures";
import type { Draft, Session } from "./session";
import { type SnapFeature, SnapIndex, snap } from "./snap";
import { type Aim, type EditState, NOWHERE, type SnapReach } from "./state";
import { TraceGraph } from "./trace";

const PAUSE_MS = 200;
/** A wider view holds too much, and a pixel of it is metres. */
const WIDEST_M = 2500;
/** Asked around the view too, as a share of it: a short way to go needs no new answer. */
const MARGIN = 0.25;

const NOTHING = new SnapIndex([]);

/** What one may snap to around the view: asked for when the map comes to rest, kept while it suffices. */
export class Snapper {
  private index = NOTHING;
  private own = NOTHING;
  private ownDrafts: Session["drafts"] | null = null;
  private graph: TraceGraph | null = null;
  private loaded: { box: Box; layers: string } | null = null;
  private asking: AbortController | null = null;
  private timer = 0;

  constructor(
    private readonly client: EditClient,
    private readonly told: (reach: SnapReach) => void,
  ) {}

  // --- loading -----------------------------------------------------------------------------------------------------

  /** The map came to rest here, or other layers are snapped to. */
  look(box: Box, layers: readonly string[]): void {
    window.clearTimeout(this.timer);
    if (box[2] - box[0] > WIDEST_M) return this.tooFar();
    if (this.suffices(box, layers)) return;
    this.timer = window.setTimeout(() => void this.load(box, layers), PAUSE_MS);
  }

  private suffices([west, south, east, north]: Box, layers: readonly string[]): boolean {
    if (!this.loaded || this.loaded.layers !== layers.join()) return false;
    const [w, s, e, n] = this.loaded.box;
    return west >= w && south >= s && east <= e && north <= n;
  }

  private tooFar(): void {
    this.forget();
    this.told("far");
  }

  private async load(box: Box, layers: readonly string[]): Promise<void> {
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const wide = widened(box);
    this.told("loading");
    try {
      const { features, truncated } = await this.client.snappable(wide, layers, signal);
      this.fill(features);
      // Part of what is around is not all of it: the next place is asked for again.
      this.loaded = { box: truncated ? box : wide, layers: layers.join() };
      this.told(truncated ? "some" : "all");
    } catch (error) {
      if (!isAbort(error)) this.told("error");
    }
  }

  private fill(features: readonly SnapFeature[]): void {
    this.index = new SnapIndex(features);
    this.graph = null;
  }

  /** Data changed, or nothing of it is wanted any more. */
  forget(): void {
    window.clearTimeout(this.timer);
    this.asking?.abort();
    this.loaded = null;
    this.fill([]);
  }

  // --- aiming ------------------------------------------------------------------------------------------------------

  /** Where a place points to: what is near enough to snap to, or the place itself, to the millimetre. */
  aim(raw: Position, state: EditState, metresPerPixel: number): Aim {
    this.refreshOwn(state);
    const free: Aim = { ...NOWHERE, raw, at: rounded(raw) };
    if (!state.snapping.on) return free;
    const tolerance = state.snapping.tolerance * metresPerPixel;
    const skip = skipper(state);
    const near = (skipped: typeof skip) => snap([this.index, this.own], raw, tolerance, { skip: skipped });
    const own = familyOf(state.layer.slug);
    // A valve is put on its pipe, not on the limit of a parcel that happens to be nearer.
    const hit = (own && near((layer, id) => familyOf(layer) !== own || skip(layer, id))) || near(skip);
    if (!hit) return free;
    return { raw, hit, at: hit.position, way: this.way(state, hit.position) };
  }

  private way(state: EditState, to: Position): Position[] {
    const from = state.tracing && state.drawing && lastLaid(state.drawing);
    return (from && this.lines().path(from, to)) || [];
  }

  private lines(): TraceGraph {
    this.graph ??= new TraceGraph([...this.index.all, ...this.own.all]);
    return this.graph;
  }

  private refreshOwn({ session, layer }: EditState): void {
    if (this.ownDrafts === session.drafts) return;
    this.ownDrafts = session.drafts;
    this.own = new SnapIndex(Object.values(session.drafts).flatMap((draft) => snapFeature(layer.slug, draft)));
    this.graph = null;
  }
}

/** The network that a layer is part of: its layers are drawn on each other. */
export const familyOf = (slug: string): string | null => /^(water|sewer)-/.exec(slug)?.[1] ?? null;

function snapFeature(layer: string, { key, shape, deleted }: Draft): SnapFeature[] {
  return shape && !deleted ? [{ layer, id: `draft ${key}`, shape }] : [];
}

/** Not to what is off, not to the stored shape of what is taken up here, not to what moves. */
function skipper(state: EditState): (layer: string, id: number | string) => boolean {
  const { off } = state.snapping;
  const { slug } = state.layer;
  const moving = state.dragged ? `draft ${state.active}` : null;
  return (layer, id) =>
    off.includes(layer) || (layer === slug && (id === moving || String(id) in state.session.drafts));
}

function widened([west, south, east, north]: Box): Box {
  const [x, y] = [(east - west) * MARGIN, (north - south) * MARGIN];
  return [west - x, south - y, east + x, north + y];
}
