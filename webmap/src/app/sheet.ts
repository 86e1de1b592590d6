import { type ApiError, csrfToken, isAbort } from "../api/client";
import type { Feature, HereGroup, SearchResult } from "../api/types";
import type { Bbox, LonLat } from "../geo/mercator";
import type { AppState, FeatureRef } from "../state/state";
import { orderGroups, selectionFirst } from "./here";
import type { AppPort, GroundSheet, Place, SelectOptions, SheetPort } from "./port";

const POINT_ZOOM = 18.5;
const COMMUNE_ZOOM = 15;
/** Asking as from very close: only what is truly at the place. */
const NEIGHBOUR_ZOOM = 21;
const COMMUNE_LAYER = "communes";
const ROAD_LAYERS = ["road-sections", "road-markers"];
const WHOLE_ROAD = "whole-road";

/** What the right sheet shows, and the questions that fill it: a new one gives up the one before. */
export class FeatureSheet implements SheetPort {
  private question: AbortController | null = null;
  /** What gave way to a desk on a phone. */
  private aside: AppState["sheet"] = null;

  constructor(private readonly app: AppPort) {}

  async askHere(at: LonLat, zoom?: number): Promise<void> {
    const { store, api, layers, view } = this.app;
    const signal = this.newQuestion();
    store.update({ sheet: { status: "loading" }, pin: at, selection: null, sheetHeight: "half" });
    try {
      const asked = zoom ?? this.app.state.view.zoom;
      const groups = orderGroups(await api.here(at, asked, layers.visible(), signal));
      const feature = groups[0]?.features[0];
      if (feature) {
        this.show(groups, feature, at);
        if (zoom === undefined) void view.reveal([at[0], at[1], at[0], at[1]]);
      } else store.update({ sheet: { status: "empty", at } });
    } catch (error) {
      this.failed(error, () => void this.askHere(at, zoom));
    }
  }

  async open(ref: FeatureRef, options: SelectOptions = {}): Promise<void> {
    const { move, reveal, near } = options;
    const { view, layers } = this.app;
    const signal = this.newQuestion();
    this.app.store.update({ sheet: { status: "loading" }, selection: ref, pin: null, sheetHeight: "half" });
    try {
      const feature = await this.app.api.feature(ref.layer, ref.id, signal);
      const group = { layer: ref.layer, title: layers.get(ref.layer)?.title ?? "", features: [feature] };
      this.show([group], feature, near);
      if (move) view.goTo({ bbox: feature.bbox_4326, zoom: POINT_ZOOM });
      else if (reveal) void view.reveal(feature.bbox_4326);
      if (near) await this.addNeighbours(feature, near, signal);
    } catch (error) {
      this.failed(error, () => void this.open(ref, options));
    }
  }

  private async addNeighbours(feature: Feature, near: LonLat, signal: AbortSignal): Promise<void> {
    const { api, layers } = this.app;
    const groups = await api.here(near, NEIGHBOUR_ZOOM, layers.visible(), signal).catch(() => []);
    const ordered = selectionFirst(groups, feature);
    if (ordered && !signal.aborted) this.show(ordered, feature, near);
  }

  expand(feature: Feature): void {
    const { sheet } = this.app.state;
    if (sheet?.status === "ready") this.show(sheet.groups, feature, sheet.at);
  }

  private show(groups: HereGroup[], feature: Feature, at?: LonLat): void {
    this.app.store.update({
      sheet: { status: "ready", groups, feature, at },
      selection: { layer: feature.layer, id: feature.id },
      pin: null,
    });
  }

  async openRoad(road: string): Promise<void> {
    const { store, api, layers, view } = this.app;
    const signal = this.newQuestion();
    for (const slug of ROAD_LAYERS) layers.turnOn(slug);
    store.update({ sheet: { status: "loading" }, selection: null, pin: null, sheetHeight: "half" });
    try {
      // Like a feature, of no layer: nothing of it is edited.
      const feature = { ...(await api.road(road, signal)), layer: WHOLE_ROAD, id: 0, picture: null, version: 0 };
      const groups = [{ layer: WHOLE_ROAD, title: "", features: [feature] }];
      store.update({ sheet: { status: "ready", groups, feature, road } });
      await view.frame({ bbox: feature.bbox_4326, zoom: POINT_ZOOM });
    } catch (error) {
      this.failed(error, () => void this.openRoad(road));
    }
  }

  openGround(sheet: GroundSheet): void {
    this.question?.abort();
    this.aside = null;
    this.app.store.update({
      sheet: { status: "ground", ...sheet },
      selection: null,
      pin: null,
      sheetHeight: "half",
    });
  }

  async openResult(result: SearchResult): Promise<void> {
    if (result.road) return this.openRoad(result.road);
    const { kind, layer, id, center_4326: center, bbox_4326: bbox, url, parcels, body } = result;
    if (layer !== null) this.app.layers.turnOn(layer);
    if (parcels.length) return this.app.chooseParcels(parcels);
    if (url && body) return send(url, body);
    if (kind === "layer") return this.app.screen.openPanel("layers");
    if (!center) {
      if (url) window.location.assign(url);
      return;
    }
    const answered =
      layer !== null && id !== null ? this.open({ layer, id }, { near: center }) : this.askHere(center, POINT_ZOOM);
    await this.app.view.frame(placeOf({ layer, center, bbox }));
    await answered;
    // A place on a road or on the ground is marked on the feature that it lies on.
    const marked = !bbox && (kind === "road" || kind === "coordinates");
    const { sheet } = this.app.state;
    if (!marked || sheet?.status !== "ready") return;
    this.app.store.update({ pin: center, sheet: kind === "road" ? { ...sheet, marked: result.label } : sheet });
  }

  close(): void {
    this.question?.abort();
    this.aside = null;
    this.app.store.update({ sheet: null, selection: null, pin: null });
  }

  giveWay(): void {
    const { sheet } = this.app.state;
    if (sheet?.status !== "ready") return this.close();
    this.aside = sheet;
    this.app.store.update({ sheet: null });
  }

  comeBack(): void {
    if (this.aside) this.app.store.update({ sheet: this.aside, sheetHeight: "half" });
    this.aside = null;
  }

  private newQuestion(): AbortSignal {
    this.question?.abort();
    this.aside = null;
    this.question = new AbortController();
    return this.question.signal;
  }

  private failed(error: unknown, retry: () => void): void {
    if (isAbort(error)) return;
    this.app.store.update({ sheet: { status: "error", error: error as ApiError, retry } });
  }
}

/** Opens a page that searches further with what it is sent: in the body, which no address and no log keeps. */
function send(url: string, body: Record<string, string>): void {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url, hidden: true });
  for (const [name, value] of Object.entries({ ...body, csrfmiddlewaretoken: csrfToken() })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

function placeOf({ layer, center, bbox }: { layer: string | null; center: LonLat; bbox: Bbox | null }): Place {
  if (bbox && bbox[2] - bbox[0] > 1e-5) return { bbox, zoom: layer === COMMUNE_LAYER ? COMMUNE_ZOOM : POINT_ZOOM };
  return { center, zoom: POINT_ZOOM };
}
