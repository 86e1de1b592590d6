import { linkable, type Permalink, readPermalink, writePermalink } from "../state/permalink";
import type { FeatureRef } from "../state/state";
import { ACTS } from "./kept-view";
import type { Layers } from "./layers";
import type { Photos } from "./photos";
import type { AppPort, Desks, Place } from "./port";
import type { Screen } from "./screen";
import type { View } from "./view";

const LINK_ZOOM = 15;
/** The address bar follows so long after a change. */
const KEEP_MS = 250;

/** How the map is arranged, as an account or a role has it: all that a link may say but the place and what is selected. */
const ARRANGEMENT: readonly (keyof Permalink)[] = ["layers", "background", "photo", "brightness", "compare", "divider"];
const PLACE: readonly (keyof Permalink)[] = ["center", "zoom"];

/** What a link changes beyond what desks may ask of the map. */
type Linked = AppPort & { view: View; layers: Layers; screen: Screen; photos: Photos };

/** The address of what is on screen: written as the state changes, and followed. */
export class Link {
  /** What was asked for by the link that the page was opened with, or that was pasted since; else as it was left. */
  opened: Permalink;
  /** Whether a link was followed: what is on screen is not this person's arrangement. */
  followed: boolean;
  /** The parcels of the link until they are chosen: the address names them meanwhile, for whoever loads it anew. */
  private awaited: readonly string[];
  private timer = 0;
  /** What was on screen when the person first did something. */
  private began: Permalink | null = null;

  constructor(
    private readonly app: Linked,
    private readonly restoreParcels: Desks["restoreParcels"],
  ) {
    this.followed = location.hash.length > 1 && history.state !== this.ours;
    this.opened = readPermalink(location.hash.length > 1 ? location.hash : app.config.map_view);
    this.awaited = this.opened.chosen ?? [];
  }

  /** Marks an entry of the history whose address the map wrote for this person: loading it anew follows no link. */
  private get ours(): string {
    return `arpent.${this.app.config.user?.id ?? ""}`;
  }

  /** Whether nobody says how the map opens: neither a link nor the person, who has not arranged it yet. */
  get first(): boolean {
    return location.hash.length <= 1 && !this.app.config.map_view;
  }

  // --- writing -----------------------------------------------------------------------------------------------------

  /** The address that shows what is on screen now. */
  address(): string {
    return `${location.origin}${location.pathname}${location.search}${writePermalink(this.link())}`;
  }

  /**
   * Where to come back to after signing in: what the visitor did on the map, and no more. Layers that opened by themselves
   * would take the place of those of the account.
   */
  addressForAccount(): string {
    const here = `${location.pathname}${location.search}`;
    if (this.followed || !this.began) return `${here}${writePermalink(this.link())}`;
    const link = this.link();
    const same = (key: keyof Permalink): boolean => JSON.stringify(link[key]) === JSON.stringify(this.began?.[key]);
    if (!link.selection && !link.road && !link.chosen?.length && [...PLACE, ...ARRANGEMENT].every(same)) return here;
    const arranged = !ARRANGEMENT.every(same);
    const kept = Object.entries(link).filter(([key]) => arranged || !ARRANGEMENT.includes(key as keyof Permalink));
    return `${here}${writePermalink(Object.fromEntries(kept))}`;
  }

  /** The map stands as it opens: what differs from it later is this person's doing. */
  begin(): void {
    const acted = (): void => {
      for (const act of ACTS) window.removeEventListener(act, acted, true);
      this.began = this.link();
    };
    for (const act of ACTS) window.addEventListener(act, acted, { capture: true, passive: true });
  }

  private link(): Permalink {
    const { view, layers, background, selection, sheet, theme, panel, chosen } = this.app.state;
    const photos = this.app.photos.link();
    const link: Permalink = { center: view.center, zoom: view.zoom, layers, background, ...photos, theme, panel };
    if (selection) link.selection = selection;
    if (sheet?.status === "ready" && sheet.road) link.road = sheet.road;
    link.chosen = chosen.parcels.length ? linkable(chosen) : [...this.awaited];
    return link;
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
    if (this.app.state.catalogue.status === "ready")
      history.replaceState(this.followed ? null : this.ours, "", this.address());
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
    this.awaited = link.chosen ?? [];
    this.followed = true;
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

  private show({ theme, panel, panelTab, layers, background, ...photos }: Permalink): void {
    const { state } = this.app;
    if (theme) this.app.screen.showTheme(theme);
    if (panel !== undefined && panel !== state.panel) this.app.screen.openPanel(panel);
    if (panelTab) this.app.store.update({ panelTab });
    if (layers) this.app.layers.arrange(layers);
    if (background && state.backgrounds.some(({ slug }) => slug === background)) {
      this.app.layers.setBackground(background);
    }
    void this.app.photos.open(photos);
  }

  private goThere({ around, center, zoom }: Permalink): void {
    if (around) return this.app.view.jumpTo({ bbox: around });
    if (center) this.app.view.jumpTo({ center, ...(zoom === undefined ? {} : { zoom }) });
  }

  /** Where the map begins; null: wherever the member is. */
  get place(): Place | null {
    const { around, center, zoom } = this.opened;
    if (around) return { bbox: around };
    return center ? { center, zoom: zoom ?? LINK_ZOOM } : null;
  }

  private async select(ref: FeatureRef): Promise<void> {
    await this.app.sheet.open(ref, { move: !this.opened.center && !this.opened.around });
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
      if (this.awaited === idus) this.awaited = [];
    } catch {
      this.app.notices.add("warning", this.app.t("link.parcelsFailed"));
    }
  }
}
