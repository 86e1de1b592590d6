import type { AppPort } from "../app/port";
import { formatLength } from "../format/format";
import type { Box, Position, Shape } from "../geo/shape";
import type { DrawnShape, EditCanvas, EditEvents } from "../map/canvas";
import { buildModel, type Look } from "../map/model";
import { Store } from "../state/store";
import type { EditClient } from "./client";
import { Followers } from "./followers";
import { pictureOf, shapesOf } from "./picture";
import { Snapper } from "./snapper";
import { type Aim, type EditState, NOWHERE } from "./state";

/** The map as the editor uses it: what is drawn above the layers, where one aims, what one snaps to. */
export class Board {
  readonly aim = new Store<Aim>(NOWHERE);
  private readonly snapper: Snapper;
  private readonly pipes: Followers;
  private canvas: EditCanvas | null = null;
  private shapes: readonly DrawnShape[] = [];
  private shapesFrom: readonly unknown[] = [];
  private look: Look | null = null;
  private frame = 0;
  private gone = false;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly app: AppPort,
    private readonly edit: Store<EditState>,
    client: EditClient,
  ) {
    this.snapper = new Snapper(client, (reach) => this.edit.update({ reach }));
    this.pipes = new Followers(client, () => this.drawAgain());
  }

  async start(events: EditEvents): Promise<void> {
    this.stops.push(
      this.aim.subscribe(() => this.redraw()),
      this.app.store.subscribe((now, before) => {
        if (now.view !== before.view || now.layers !== before.layers) this.lookAround();
        this.redraw();
      }),
    );
    const canvas = await this.app.view.editCanvas(events);
    if (this.gone) return canvas.stop();
    this.canvas = canvas;
    this.redraw();
    this.lookAround();
  }

  stop(): void {
    this.gone = true;
    for (const stop of this.stops) stop();
    this.snapper.forget();
    this.canvas?.stop();
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  redraw(): void {
    if (this.frame || this.gone) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.canvas && !this.gone) this.paint(this.canvas);
    });
  }

  private paint(canvas: EditCanvas): void {
    const { state } = this.edit;
    const { session, active, picked, dragged, former, box, drawing } = state;
    const from = [session.drafts, active, String(picked), dragged, former, box, drawing];
    this.pipes.update(state);
    if (from.some((one, i) => one !== this.shapesFrom[i]))
      this.shapes = [...this.pipes.shapes(state), ...shapesOf(state)];
    this.shapesFrom = from;
    const { language } = this.app.state;
    const length = (metres: number): string => formatLength(metres, language);
    const scene = { state, aim: this.aim.state, look: this.looks(), metresPerPixel: canvas.metresPerPixel(), length };
    canvas.draw(pictureOf(scene, this.shapes));
  }

  private drawAgain(): void {
    this.shapesFrom = [];
    // Whoever listens learns that the tiles must not draw them any more.
    this.edit.update({});
    this.redraw();
  }

  /** Features of other layers that are drawn here because they follow what is moved, by layer. */
  followers(): Readonly<Record<string, readonly number[]>> {
    return this.pipes.ids(this.edit.state);
  }

  /** The same object while it says the same: shapes are drawn again for another one. */
  private looks(): Look {
    const { look } = buildModel(this.app.state, "");
    if (JSON.stringify(look) !== JSON.stringify(this.look)) this.look = look;
    return this.look ?? look;
  }

  // --- looking -----------------------------------------------------------------------------------------------------

  /** Layers that one snaps to: those on the map, but for the ones switched off. */
  private snapLayers(): string[] {
    const { layer, snapping } = this.edit.state;
    const on = this.app.state.layers.filter(({ visible }) => visible).map(({ slug }) => slug);
    return [...new Set([layer.slug, ...on])].filter((slug) => !snapping.off.includes(slug));
  }

  /** Asks for what one may snap to here, if one does. */
  lookAround(): void {
    const { snapping, layer } = this.edit.state;
    if (!snapping.on) this.snapper.forget();
    else if (this.canvas && layer.can_edit) this.snapper.look(this.canvas.box(), this.snapLayers());
  }

  /** Data changed on the server: what was snapped to may be gone. */
  forget(): void {
    this.snapper.forget();
  }

  /** One aims at this place now; null: nowhere. */
  aimAt(raw: Position | null): void {
    if (!raw || !this.canvas) return this.aim.update(NOWHERE);
    this.aim.update(this.snapper.aim(raw, this.edit.state, this.canvas.metresPerPixel()));
  }

  /** Metres under so many pixels. */
  reach(pixels: number): number {
    return pixels * (this.canvas?.metresPerPixel() ?? 1);
  }

  centre(): Position | null {
    return this.canvas?.centre() ?? null;
  }

  featureAt(at: Position): number | null {
    return this.canvas?.featureAt(this.edit.state.layer.slug, at) ?? null;
  }

  featuresIn(box: Box): number[] {
    return this.canvas?.featuresIn(this.edit.state.layer.slug, box) ?? [];
  }

  show(shape: Shape | null): void {
    if (shape) this.canvas?.show(shape);
  }

  settled(then: () => void): void {
    this.canvas?.settled(then);
  }
}
