import type { ApiError } from "../api/client";
import type { Layer } from "../api/types";
import { arrange, imageLayer, legendKey, moveLayer } from "../state/catalogue";
import type { Permalink } from "../state/permalink";
import type { LayerSetting } from "../state/state";
import type { AppPort, LayersPort } from "./port";

/** So old a catalogue is asked for again when one comes back to the map. */
const STALE_MS = 60000;

/** The catalogue and the backgrounds, and how this person shows them. */
export class Layers implements LayersPort {
  private catalogueAt = Date.now();
  private readonly failedImages = new Set<string>();

  constructor(
    private readonly app: AppPort,
    /** What asks for layers: a link that was followed, or the person's own arrangement. */
    private readonly link: { readonly opened: Pick<Permalink, "layers" | "background">; readonly followed: boolean },
  ) {}

  get(slug: string): Layer | undefined {
    const { catalogue } = this.app.state;
    return catalogue.status === "ready" ? catalogue.value.find((layer) => layer.slug === slug) : undefined;
  }

  visible(): string[] {
    const { images, layers } = this.app.state;
    const drawnElsewhere = new Set(images.map(({ slug }) => slug));
    return layers.filter(({ slug, visible }) => visible && !drawnElsewhere.has(slug)).map(({ slug }) => slug);
  }

  // --- from the server ---------------------------------------------------------------------------------------------

  async load(): Promise<void> {
    this.app.store.update({ catalogue: { status: "loading" } });
    try {
      // Without the layers of other servers the map has its own: the catalogue's error, if any, is the one to show.
      const images = this.app.api.externalLayers().catch(() => []);
      this.loaded(await this.app.api.layers(), (await images).map(imageLayer));
    } catch (error) {
      this.app.store.update({ catalogue: { status: "error", error: error as ApiError } });
    }
  }

  private loaded(value: Layer[], images: Layer[]): void {
    const { layers } = this.app.state;
    this.app.store.update({ catalogue: { status: "ready", value }, images });
    this.arrange(layers.length ? layers : this.link.opened.layers);
  }

  /** Arranges the layers as is wanted, or as they open; those that a link names and that there are not are said. */
  arrange(wanted: readonly LayerSetting[] | undefined): void {
    const { catalogue, images } = this.app.state;
    if (catalogue.status !== "ready") return;
    const { first_view } = this.app.config;
    const { settings, unknown } = arrange([...catalogue.value, ...images], wanted, first_view.layers);
    this.app.store.update({ layers: settings });
    void this.loadLegends();
    if (unknown.length && this.link.followed)
      this.app.notices.add("warning", this.app.t("link.unknownLayers", { names: unknown.join(", ") }));
  }

  async loadBackgrounds(): Promise<void> {
    try {
      const backgrounds = await this.app.api.backgrounds();
      const first = backgrounds.find((background) => background.default) ?? backgrounds[0];
      const wanted = this.link.opened.background;
      const known = backgrounds.find(({ slug, kind }) => slug === wanted || (wanted === "plain" && kind === "plain"));
      if (wanted && !known) this.app.notices.add("warning", this.app.t("link.unknownBackground", { name: wanted }));
      this.app.store.update({ backgrounds, background: (known ?? first)?.slug ?? "plain" });
    } catch {
      // Without the list the map keeps our own tiles: the catalogue's error, if any, is the one to show.
      this.app.store.update({ background: "plain" });
    }
  }

  async refresh(): Promise<void> {
    this.catalogueAt = Date.now();
    const value = await this.app.api.layers().catch(() => null);
    if (!value) return;
    this.app.store.update({ catalogue: { status: "ready", value } });
    void this.loadLegends();
  }

  /** One comes back to the map after a while: others may have changed what it shows. */
  refreshOld(): void {
    if (this.app.state.online && Date.now() - this.catalogueAt >= STALE_MS) void this.refresh();
  }

  /** An image of another server did not come: said once for each layer, in that server's words. */
  imageFailed(slug: string, detail: string): void {
    if (this.failedImages.has(slug) || !this.app.state.online) return;
    this.failedImages.add(slug);
    const name = this.app.state.images.find((layer) => layer.slug === slug)?.title ?? slug;
    this.app.notices.add("warning", this.app.t("layers.imageFailed", { name, detail }));
  }

  // --- as this person shows them -----------------------------------------------------------------------------------

  set(slug: string, patch: Partial<LayerSetting>): void {
    const { layers } = this.app.state;
    this.app.store.update({
      layers: layers.map((setting) => (setting.slug === slug ? { ...setting, ...patch } : setting)),
    });
  }

  /** Draws a layer by another of its legends, or by its own: an empty name. */
  setLegend(slug: string, name: string): void {
    const { layers } = this.app.state;
    const changed = layers.map((setting) => {
      const { legend: _before, ...rest } = setting;
      return setting.slug !== slug ? setting : name ? { ...rest, legend: name } : rest;
    });
    this.app.store.update({ layers: changed });
    void this.loadLegends();
  }

  /** Asks for the legends that layers are to be drawn by and that have not come yet. */
  private async loadLegends(): Promise<void> {
    const { layers, legends } = this.app.state;
    const wanted = layers.flatMap(({ slug, legend }) => {
      const layer = this.get(slug);
      const offered = layer?.legends?.some(({ name }) => name === legend);
      return layer && legend && offered && !legends[legendKey(layer, legend)] ? [{ layer, legend }] : [];
    });
    for (const { layer, legend } of wanted) {
      try {
        const lines = await this.app.api.legend(layer.slug, legend);
        const key = legendKey(layer, legend);
        this.app.store.update({ legends: { ...this.app.state.legends, [key]: lines } });
      } catch {
        this.app.notices.add("warning", this.app.t("layers.legendFailed", { name: layer.title }));
      }
    }
  }

  turnOn(slug: string): void {
    const off = this.app.state.layers.some((setting) => setting.slug === slug && !setting.visible);
    if (off) this.set(slug, { visible: true });
  }

  move(slug: string, step: -1 | 1): void {
    this.app.store.update({ layers: moveLayer(this.app.state.layers, slug, step) });
  }

  setBackground(background: string): void {
    this.app.store.update({ background });
  }
}
