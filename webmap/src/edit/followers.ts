import { moveVertex, type Position, type Shape } from "../geo/shape";
import type { DrawnShape } from "../map/canvas";
import type { EditClient } from "./client";
import type { SnapFeature } from "./snap";
import { activeDraft, activeShape, type EditState } from "./state";

/** Nearer than this, in metres, an end is on the node: the server keeps both to the last digit. */
const ON_NODE_M = 0.001;
/** The ends of lines are asked for within this of the node. */
const AROUND_M = 0.5;

interface End {
  readonly id: number;
  readonly shape: Shape;
  readonly index: number;
}

/** The layer whose lines the server moves along with the points of another one: pipes follow their nodes. */
export function followersOf(slug: string): string | null {
  const [, family] = /^(water|sewer)-nodes$/.exec(slug) ?? [];
  return family ? `${family}-pipes` : null;
}

/** The pipes that end on the node that is open: drawn where they will be while it is moved, as the server will lay them. */
export class Followers {
  private about = "";
  private ends: readonly End[] = [];

  constructor(
    private readonly client: Pick<EditClient, "snappable">,
    private readonly came: () => void,
  ) {}

  /** The pipes of the open node are asked for once, when it begins to move. */
  update(state: EditState): void {
    const layer = followersOf(state.layer.slug);
    const { base } = activeDraft(state) ?? {};
    const at = placeOf(base?.shape);
    const about = layer && base && at && movedTo(state) ? `${base.id} ${base.version}` : "";
    if (about === this.about) return;
    this.about = about;
    this.ends = [];
    if (layer && at && about) void this.ask(about, layer, at);
  }

  private async ask(about: string, layer: string, at: Position): Promise<void> {
    const [x, y] = at;
    const box = [x - AROUND_M, y - AROUND_M, x + AROUND_M, y + AROUND_M] as const;
    // Without them the node moves alone on screen, and the pipes follow when it is saved.
    const answer = await this.client.snappable(box, [layer], new AbortController().signal).catch(() => null);
    if (!answer || about !== this.about) return;
    this.ends = answer.features.flatMap((feature) => endsOn(feature, at));
    this.came();
  }

  /** Where the pipes will be; nothing while the node is where it was. */
  shapes(state: EditState): DrawnShape[] {
    const to = this.ends.length ? movedTo(state) : null;
    if (!to) return [];
    return this.ends.map(({ shape, index }, i) => ({
      key: `follower ${i}`,
      shape: moveVertex(shape, { part: 0, line: 0, index }, to),
      role: "follower",
    }));
  }

  /** Their ids by layer, as long as they are drawn here: the tiles know them at their old place. */
  ids(state: EditState): Readonly<Record<string, readonly number[]>> {
    const layer = followersOf(state.layer.slug);
    if (!layer || !this.ends.length || !movedTo(state)) return {};
    return { [layer]: [...new Set(this.ends.map(({ id }) => id))] };
  }
}

const placeOf = (shape: Shape | null | undefined): Position | null =>
  shape?.kind === "point" ? (shape.parts[0]?.[0]?.[0] ?? null) : null;

/** Where the open point is moved to; null where it stays. */
function movedTo(state: EditState): Position | null {
  const draft = activeDraft(state);
  const [from, to] = [placeOf(draft?.base?.shape), placeOf(activeShape(state))];
  return from && to && !draft?.deleted && !isOn(from, to) ? to : null;
}

const isOn = (a: Position, b: Position): boolean => Math.hypot(a[0] - b[0], a[1] - b[1]) <= ON_NODE_M;

function endsOn({ id, shape }: SnapFeature, at: Position): End[] {
  if (typeof id !== "number") return [];
  const line = shape.parts[0]?.[0] ?? [];
  return [0, line.length - 1].flatMap((index) => {
    const end = line[index];
    return end && isOn(end, at) ? [{ id, shape, index }] : [];
  });
}
