import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { ApiError } from "../api/client";
import type { Feature, HereGroup, Property } from "../api/types";
import { formatCoordinates } from "../format/format";
import type { LonLat } from "../geo/mercator";
import { filingUrl, PERMITS, permitUrl } from "../permits/deadlines";
import type { AppState, Ground, Sheet } from "../state/state";
import { drawerHandle } from "./drawer";
import { ArpentElement } from "./element";
import type { IconName } from "./icon";
import { fetched } from "./later";
import { emptiness, failure, skeleton } from "./states";
import { layerSwatch } from "./swatch";

const KEY_FIGURES = 3;
const FIGURE_TYPES = ["area_m2", "length_m"];
const MEASURED = "measured_area_m2";
const DIFFERENCE = "area_difference";
/** Figures that the server computes for a sheet, beside the layer's own fields. */
const FIGURE_NAMES = [MEASURED, "built_share", "measured_length"];
const CLOSE_ZOOM = 19;
const ROAD_SECTIONS = "road-sections";
/** The pipes that the water desk begins from. */
const NETWORK_PIPES: Partial<Record<string, "water" | "sewer">> = { "water-pipes": "water", "sewer-pipes": "sewer" };

interface Figure {
  property: Property;
  /** Said small beside it: how far the measured surface is from the registered one. */
  note: Property | undefined;
}

type Ready = Extract<Sheet, { status: "ready" }>;

/** What is selected, and what else is there. Takes the focus when it opens, gives it back when it closes. */
export class FeatureSheet extends ArpentElement {
  private cameFrom: HTMLElement | null = null;
  private focusing = false;
  private holdsFocus = false;
  private shown: Sheet | null = null;
  private fetching = false;
  private unreachable = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("focusin", this.entered);
    this.addEventListener("focusout", this.left);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("focusin", this.entered);
    this.removeEventListener("focusout", this.left);
    // Only a focus that was in the sheet: a person who moved on keeps their place.
    if (!this.holdsFocus) return;
    const place = this.cameFrom?.isConnected && this.cameFrom !== document.body ? this.cameFrom : null;
    (place ?? document.querySelector<HTMLElement>(".map-canvas"))?.focus();
  }

  private entered = (): void => {
    this.holdsFocus = true;
  };

  private left = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) this.holdsFocus = false;
  };

  protected override concerns(state: AppState, previous: AppState): boolean {
    return (
      state.sheet !== previous.sheet ||
      state.sheetHeight !== previous.sheetHeight ||
      state.language !== previous.language ||
      state.catalogue !== previous.catalogue
    );
  }

  protected override render(): TemplateResult {
    const { sheet } = this.state;
    const feature = sheet?.status === "ready" ? sheet.feature : null;
    const ground = sheet?.status === "ground" ? sheet : null;
    const subtitle = feature?.subtitle ?? ground?.subtitle();
    return html`<aside class="sheet drawer" aria-labelledby="sheet-title">
      ${drawerHandle(this.app)}
      <header class="sheet-header">
        <div>
          <p class="sheet-kind">${feature ? this.app.layers.get(feature.layer)?.title : nothing}</p>
          <h2 id="sheet-title" tabindex="-1">${feature?.title ?? ground?.title() ?? this.t("sheet.here")}</h2>
          ${subtitle ? html`<p class="sheet-subtitle">${subtitle}</p>` : nothing}
        </div>
        <button class="icon-button" @click=${() => this.app.sheet.close()} aria-label=${this.t("sheet.close")} title=${this.t("sheet.closeTip")}><arp-icon name="close"></arp-icon></button>
      </header>
      <div class="sheet-body" tabindex="0" role="group" aria-labelledby="sheet-title" aria-live="polite">${this.body(sheet)}</div>
      ${feature ? this.actions(feature) : nothing}
    </aside>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { sheet } = this.state;
    const asked = sheet?.status === "ground" ? sheet !== this.shown : this.shown?.status !== "loading";
    if (asked && (sheet?.status === "loading" || sheet?.status === "ground")) this.rememberPlace();
    this.shown = sheet;
    if (!this.focusing || !sheet || sheet.status === "loading") return;
    this.focusing = false;
    this.querySelector<HTMLElement>("#sheet-title")?.focus({ preventScroll: true });
  }

  /** A new question was asked: its answer takes the focus, and closing gives it back to where it was asked. */
  private rememberPlace(): void {
    this.focusing = true;
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && !this.contains(activeElement)) this.cameFrom = activeElement;
  }

  private body(sheet: Sheet | null): TemplateResult | typeof nothing {
    switch (sheet?.status) {
      case "loading":
        return skeleton(this.t, 5);
      case "error":
        return failure(this.t, sheet.error, sheet.retry);
      case "empty":
        return html`${emptiness(this.t("sheet.empty"), this.t("sheet.emptyAdvice"))}
          <p class="muted">${formatCoordinates(sheet.at, this.state.coordinates, this.state.language)}</p>`;
      case "ready":
        return this.contents(sheet);
      case "ground":
        return this.sections(sheet.ground);
      default:
        return nothing;
    }
  }

  private contents({ groups, feature, at }: Ready): TemplateResult {
    const figures = this.figures(feature);
    const apart = new Set(figures.flatMap(({ property, note }) => [property, note]));
    const rest = feature.properties.filter(
      (property) => !apart.has(property) && property.display !== "" && property.display !== feature.title,
    );
    const record = html`<dl class="properties">${rest.map((property) => html`<div><dt>${property.label}</dt><dd>${property.display}</dd></div>`)}</dl>`;
    const idu = iduOf(feature);
    return html`${figures.length ? html`<dl class="figures">${figures.map((figure) => this.figure(figure))}</dl>` : nothing}
      ${feature.picture ? html`<img class="sheet-picture" src=${feature.picture} alt="" width="72" height="72" />` : nothing}
      ${this.roadPlace(feature, at)}${this.links(feature)}
      ${idu ? html`${this.sections({ parcels: [idu] })}<section class="record"><h3>${this.t("sheet.record")}</h3>${record}</section>` : record}
      ${this.photos(feature)}${this.alsoHere(groups, feature)}`;
  }

  /** Of a section of a numbered road: where the place that was asked lies on it. */
  private roadPlace({ layer, properties }: Feature, at: LonLat | undefined): TemplateResult | typeof nothing {
    const value = (wanted: string): unknown => properties.find(({ name }) => name === wanted)?.value;
    const route = layer === ROAD_SECTIONS && value("route");
    if (!at || !route) return nothing;
    if (!fetched(this.app, "arp-road-place", () => import("./road-place"))) return nothing;
    const department = value("department");
    const road = department ? `${route} (${department})` : `${route}`;
    return html`<arp-road-place .app=${this.app} .at=${at} .road=${road}></arp-road-place>`;
  }

  /** Pages that go on from it: a profile, a form. */
  private links({ links }: Feature): TemplateResult | typeof nothing {
    if (!links.length) return nothing;
    return html`<ul class="sheet-links">${links.map(({ title, url }) => html`<li><a href=${url}>${title}<arp-icon name="chevronRight"></arp-icon></a></li>`)}</ul>`;
  }

  /** What crosses a ground; what shows it comes with the first one. */
  private sections(ground: Ground): TemplateResult {
    if (!customElements.get("arp-parcel-sections")) {
      if (this.unreachable) return failure(this.t, new ApiError(0, "", ""), () => this.fetchSections());
      if (!this.fetching) this.fetchSections();
      return skeleton(this.t, 3);
    }
    return html`<arp-parcel-sections .app=${this.app} .ground=${ground}></arp-parcel-sections>`;
  }

  private fetchSections(): void {
    this.fetching = true;
    this.unreachable = false;
    this.requestUpdate();
    import("./parcel-sections")
      .catch(() => {
        this.unreachable = true;
      })
      .finally(() => {
        this.fetching = false;
        this.requestUpdate();
      });
  }

  /** Only members' layers have photos; what shows them comes when it is first needed. */
  private photos(feature: Feature): TemplateResult | typeof nothing {
    const layer = this.app.layers.get(feature.layer);
    if (!layer?.owner) return nothing;
    if (!customElements.get("arp-attachments")) {
      import("./attachments").then(() => this.requestUpdate()).catch(() => {});
      return nothing;
    }
    return html`<arp-attachments .app=${this.app} .layer=${layer} .feature=${feature.id}></arp-attachments>`;
  }

  private figure({ property, note }: Figure): TemplateResult {
    const aside = note?.display ? html` <small title=${note.label}>${note.display}</small>` : nothing;
    return html`<div><dt>${property.label}</dt><dd>${property.display}${aside}</dd></div>`;
  }

  /** Surfaces, lengths and what is built: the first thing asked of a parcel. */
  private figures(feature: Feature): Figure[] {
    const fields = this.app.layers.get(feature.layer)?.fields ?? [];
    const typed = new Set(fields.filter(({ type }) => FIGURE_TYPES.includes(type)).map(({ name }) => name));
    return feature.properties
      .filter(
        ({ name, value, display }) =>
          value !== null && display !== "" && (typed.has(name) || FIGURE_NAMES.includes(name)),
      )
      .slice(0, KEY_FIGURES)
      .map((property) => ({
        property,
        note: property.name === MEASURED ? feature.properties.find(({ name }) => name === DIFFERENCE) : undefined,
      }));
  }

  private alsoHere(groups: readonly HereGroup[], shown: Feature): TemplateResult | typeof nothing {
    const others = groups
      .map((group) => ({ ...group, features: group.features.filter((feature) => feature !== shown) }))
      .filter(({ features }) => features.length);
    if (!others.length) return nothing;
    return html`<section class="also-here"><h3>${this.t("sheet.alsoHere")}</h3>
      <ul>${others.map(({ layer, title, features }) => features.map((feature) => this.other(layer, title, feature)))}</ul>
    </section>`;
  }

  private other(slug: string, title: string, feature: Feature): TemplateResult {
    const layer = this.app.layers.get(slug);
    return html`<li><button @click=${() => this.open(feature)}>
      ${layer ? layerSwatch(layer) : nothing}
      <span><strong>${feature.title}</strong><small>${[title, feature.subtitle].filter(Boolean).join(" · ")}</small></span>
      <arp-icon name="chevronRight"></arp-icon>
    </button></li>`;
  }

  private open(feature: Feature): void {
    this.focusing = true;
    this.app.sheet.expand(feature);
  }

  private actions(feature: Feature): TemplateResult {
    const frame = (): void => this.app.view.goTo({ bbox: feature.bbox_4326, zoom: CLOSE_ZOOM });
    const copy = (): void => void this.app.copyLink();
    const editing = this.permit(feature) ?? this.filing(feature) ?? this.network(feature) ?? this.editing(feature);
    if (editing === nothing) {
      return html`<footer class="sheet-actions">
        <button class="button button-primary" @click=${frame}><arp-icon name="frame"></arp-icon>${this.t("sheet.frame")}</button>
        <button class="button" @click=${copy}><arp-icon name="link"></arp-icon>${this.t("link.copy")}</button></footer>`;
    }
    const small = (icon: IconName, words: string, act: () => void): TemplateResult =>
      html`<button class="button button-icon" @click=${act} aria-label=${words} title=${words}><arp-icon name=${icon}></arp-icon></button>`;
    return html`<footer class="sheet-actions">${editing}${small("frame", this.t("sheet.frame"), frame)}${small("link", this.t("link.copy"), copy)}</footer>`;
  }

  /** Of a parcel, for whoever may file a planning application. */
  private filing(feature: Feature): TemplateResult | null {
    const idu = iduOf(feature);
    const url = idu && filingUrl(this.app.config.urls.file_permit, [idu]);
    return url
      ? html`<a class="button button-primary" href=${url}><arp-icon name="permits"></arp-icon>${this.t("permits.file")}</a>`
      : null;
  }

  /** The page of a planning application, where the instructor works. */
  private permit({ layer, properties }: Feature): TemplateResult | null {
    const { permits } = this.app.config.urls;
    const number = layer === PERMITS && properties.find(({ name }) => name === "number")?.value;
    if (!permits || typeof number !== "string") return null;
    return html`<a class="button button-primary" href=${permitUrl(permits, number)}><arp-icon name="permits"></arp-icon>${this.t("permits.open")}</a>`;
  }

  /** What the water desk does from a pipe: shuts it off, or follows the sewer. Editing it stays one step away. */
  private network({ layer: slug, id }: Feature): TemplateResult | null {
    const family = NETWORK_PIPES[slug];
    if (!family || this.app.config.urls.networks === null) return null;
    const layer = this.app.layers.get(slug);
    const edit = (): void => void this.app.editing.open(slug, id, "values");
    const words = this.t("edit.feature");
    return html`<button class="button button-primary" @click=${() => void this.openWater(family, id)}><arp-icon name="water"></arp-icon>${this.t(family === "water" ? "water.isolate" : "water.follow")}</button>
      ${layer?.can_edit ? html`<button class="button" @click=${edit}><arp-icon name="draw"></arp-icon>${words}</button>` : nothing}
      ${layer && this.app.editing.readsHistory(layer) ? this.historyButton(slug, id) : nothing}`;
  }

  private historyButton(slug: string, id: number): TemplateResult {
    const words = this.t("edit.history");
    return html`<button class="button button-icon" @click=${() => void this.app.editing.open(slug, id, "history")} aria-label=${words} title=${words}><arp-icon name="history"></arp-icon></button>`;
  }

  private async openWater(family: "water" | "sewer", id: number): Promise<void> {
    try {
      const { waterDesk } = await import("../water/desk");
      this.app.sheet.close();
      if (this.state.panel !== "water") this.app.screen.openPanel("water");
      const desk = waterDesk(this.app);
      if (family === "water") desk.isolate(id);
      else desk.follow(family, id);
    } catch {
      this.app.notices.add("error", this.t("error.offlineTitle"));
    }
  }

  /** What one may do to it: people of the layer's owner read its history, some of them change it. */
  private editing({ layer: slug, id }: Feature): TemplateResult | typeof nothing {
    const layer = this.app.layers.get(slug);
    if (!layer || !(layer.can_edit || this.app.editing.readsHistory(layer))) return nothing;
    const open = (tab: "values" | "history") => (): void => void this.app.editing.open(slug, id, tab);
    return html`${layer.can_edit ? html`<button class="button button-primary" @click=${open("values")}><arp-icon name="draw"></arp-icon>${this.t("edit.feature")}</button>` : nothing}
      <button class="button ${layer.can_edit ? "" : "button-primary"}" @click=${open("history")}><arp-icon name="history"></arp-icon>${this.t("edit.history")}</button>`;
  }
}

/** The identifier of a parcel; null for any other thing. */
function iduOf({ layer, properties }: Feature): string | null {
  const idu = layer === "parcels" && properties.find(({ name }) => name === "idu")?.value;
  return typeof idu === "string" ? idu : null;
}

customElements.define("arp-sheet", FeatureSheet);
