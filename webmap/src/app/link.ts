import { linkable, type Permalink, readPermalink, writePermalink } from "../state/permalink";
import type { FeatureRef } from "../state/state";
import type { Layers } from "./layers";
import type { Photos } from "./photos";
import type { AppPort, Desks, Place } from "./port";
import type { Screen } from "./screen";
import type { View } from "./view";

const LINK_ZOOM = 15;
/** The address bar follows so long after a change. */
const KEEP_MS = 250;

/** What a link changes beyond what desks may ask of the map. */
type Linked = AppPort & { view: View; layers: Layers; screen: Screen; photos: Photos };

/** The address of what is on screen: written as the state changes, and followed. */
export class Link {
  /** What was asked for by the link that the page was opened with, or that was pasted since. */
  opened: Permalink = readPermalink(location.hash);
  private timer = 0;

  constructor(
    private readonly app: Linked,
    private readonly restoreParcels: Desks["restoreParcels"],
  ) {}

  // --- writing -----------------------------------------------------------------------------------------------------

  /** The address that shows what is on screen now. */
  address(): string {
    const { view, layers, background, selection, sheet, theme, panel, chosen } = this.app.state;
    const photos = this.app.photos.link();
    const link: Permalink = { center: view.center, zoom: view.zoom, layers, background, ...photos, theme, panel };
    if (selection) link.selection = selection;
    if (sheet?.status === "ready" && sheet.road) link.road = sheet.road;
    link.chosen = linkable(chosen);
    return `${location.origin}${location.pathname}${location.search}${writePermalink(link)}`;
  }

  async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.address());
      this.app.notices.add("info", this.app.t("link.copied"));
    } catch {
      this.app.notices.add("warning", this.app.t("link.notCopied"));
    }
  }

  /** Soon, in the address bar: what is on screen. */
  keep(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.writeHash(), KEEP_MS);
  }

  private writeHash(): void {
    // Before the layers are known the hash still holds what they should be.
    if (this.app.state.catalogue.status === "ready") history.replaceState(null, "", this.address());
  }

  // --- following ---------------------------------------------------------------------------------------------------

  /** Once the layers are known: opens what the link is about, and the parcels that it names or that were left. */
  async restore(): Promise<void> {
    const { road, selection, chosen } = this.opened;
    const choosing = this.choose(chosen ?? this.app.kept<{ parcels: string[] }>("choose")?.parcels ?? []);
    if (road) await this.app.sheet.openRoad(road);
    else if (selection) await this.select(selection);
    await choosing;
  }

  /** Opens a link pasted in the address bar while the map is open. */
  async open(hash: string): Promise<void> {
    if (this.address().endsWith(hash)) return;
    const link = readPermalink(hash);
    this.opened = link;
    this.app.sheet.close();
    this.show(link);
    this.app.store.update({ chosen: { parcels: [], secret: false } });
    if (link.chosen) void this.choose(link.chosen);
    this.goThere(link);
    if (link.road) return this.app.sheet.openRoad(link.road);
    if (!link.selection) return;
    await this.select(link.selection);
    this.goThere(link);
  }

  private show({ theme, panel, layers, background, ...photos }: Permalink): void {
    const { state } = this.app;
    if (theme) this.app.screen.showTheme(theme);
    if (panel !== undefined && panel !== state.panel) this.app.screen.openPanel(panel);
    if (layers) this.app.layers.arrange(layers);
    if (background && state.backgrounds.some(({ slug }) => slug === background)) {
      this.app.layers.setBackground(background);
    }
    void this.app.photos.open(photos);
  }

  private goThere({ center, zoom }: Permalink): void {
    if (center) this.app.view.jumpTo({ center, ...(zoom === undefined ? {} : { zoom }) });
  }

  /** Where the map begins; null: wherever the member is. */
  get place(): Place | null {
    const { center, zoom } = this.opened;
    return center ? { center, zoom: zoom ?? LINK_ZOOM } : null;
  }

  private async select(ref: FeatureRef): Promise<void> {
    await this.app.sheet.open(ref, { move: !this.opened.center });
    const { sheet } = this.app.state;
    if (this.opened.edit && sheet?.status === "ready" && this.app.layers.get(ref.layer)?.can_edit) {
      return this.app.editing.open(ref.layer, ref.id);
    }
    if (sheet?.status !== "error" || sheet.error.status !== 404) return;
    this.app.sheet.close();
    this.app.notices.add("warning", this.app.t("link.unknownSelection"));
  }

  /** The parcels of a link take the place of those that were chosen; what does it is fetched only then. */
  private async choose(idus: readonly string[]): Promise<void> {
    if (!idus.length) return;
    try {
      await this.restoreParcels(this.app, idus);
    } catch {
      this.app.notices.add("warning", this.app.t("link.parcelsFailed"));
    }
  }
}
