import type { ApiClient, ApiError } from "../api/client";
import type * as schema from "../api/schema";
import type { Geometry, Layer } from "../api/types";
import type { Bbox } from "../geo/mercator";
import { type Box, type Position, readShape, type Shape } from "../geo/shape";
import { rounded } from "./figures";
import type { LayerSchema } from "./form";
import * as requests from "./requests";
import type { Draft, Stored } from "./session";
import type { SnapFeature } from "./snap";

/** The geometry is in degrees: to be shown. */
export interface HistoryEntry extends Omit<schema.TimelineEntry, "action" | "geometry" | "lineage"> {
  readonly action: "create" | "update" | "delete";
  readonly geometry: Geometry | null;
}

export interface DeletedFeature extends Omit<schema.DeletedFeature, "geometry"> {
  readonly geometry: Geometry | null;
}

export type Issue = Omit<schema.Issue, "hard">;
export type Attachment = Pick<schema.Attachment, "id" | "url" | "thumbnail" | "title" | "taken_at">;

interface Page<T> {
  readonly results: T[];
  readonly next?: string | null;
}

/** What is said of something that was saved all the same; `move_to` in EPSG:2154. */
export type Remark = schema.Remark;

/** What became of a draft; nothing is left of a deleted one. */
export interface Saved {
  readonly key: string;
  readonly stored: Stored | null;
  readonly remarks?: readonly Remark[];
}

interface EditResult {
  readonly id: number;
  readonly version: number;
  readonly feature: requests.FeatureJson | null;
  readonly remarks?: readonly Remark[];
}

interface SnapFeatureJson extends requests.FeatureJson {
  readonly layer?: string;
}

export interface Snappable {
  readonly features: SnapFeature[];
  readonly truncated: boolean;
}

/** What editing asks of the server, typed; every failure is an ApiError. */
export class EditClient {
  constructor(
    private readonly api: ApiClient,
    private readonly base: string,
    private readonly layer: Layer,
  ) {}

  private get slug(): string {
    return this.layer.slug;
  }

  async schema(): Promise<LayerSchema> {
    return this.json(requests.schemaUrl(this.base, this.slug));
  }

  /** A feature as it is now, with the coordinates that the server keeps. */
  async read(id: number): Promise<Stored> {
    const response = await this.api.send(requests.exactUrl(this.slug, id));
    const json = (await response.json()) as requests.FeatureJson;
    const version = requests.versionOf(response.headers.get("ETag")) ?? json.version ?? 1;
    return this.stored({ ...json, id }, version);
  }

  private stored(json: requests.FeatureJson, version: number): Stored {
    return requests.storedOf(json, version, this.layer.title_field);
  }

  /** Writes all of it or nothing; what each of them is now, null for the deleted ones. */
  async save(drafts: readonly Draft[]): Promise<Saved[]> {
    const body = requests.editsBody(drafts);
    const answer = await this.json<{ results: EditResult[] }>(requests.editsUrl(this.base, this.slug), body);
    return Promise.all(drafts.map((draft, i) => this.result(draft, answer.results[i])));
  }

  private async result(draft: Draft, result: EditResult | undefined): Promise<Saved> {
    if (!result || draft.deleted) return { key: draft.key, stored: null };
    const stored = result.feature
      ? this.stored({ ...result.feature, id: result.id }, result.version)
      : await this.read(result.id);
    return { key: draft.key, stored, remarks: result.remarks ?? [] };
  }

  /** Cuts a feature along a line; the ids of what it became. */
  async split({ id, version }: Stored, line: Shape): Promise<number[]> {
    return this.ids(requests.aboutUrl(this.base, this.slug, id, "split"), requests.splitBody(version, line));
  }

  /** Makes one of several. */
  /** The first stays, with its values. */
  async merge(features: readonly Stored[]): Promise<number[]> {
    return this.ids(requests.mergeUrl(this.base, this.slug), requests.mergeBody(features));
  }

  private async ids(url: string, body: unknown): Promise<number[]> {
    const answer = await this.json<{ results: EditResult[] }>(url, body);
    return answer.results.map(({ id }) => id);
  }

  async snappable(box: Box, layers: readonly string[], signal: AbortSignal): Promise<Snappable> {
    const url = requests.snapUrl(this.base, box, layers);
    const response = await this.api.send(url, { signal });
    const answer = (await response.json()) as { features: SnapFeatureJson[]; truncated: boolean };
    return { features: answer.features.flatMap(snapFeature), truncated: answer.truncated };
  }

  /** Where a reference on a numbered road lies. */
  async placeOf(reference: string): Promise<Position> {
    const { x, y } = await this.json<{ x: number; y: number }>(requests.placeUrl(this.base, reference));
    return rounded([x, y]);
  }

  async history(id: number, next: string | null = null): Promise<{ entries: HistoryEntry[]; next: string | null }> {
    const url = next ?? requests.aboutUrl(this.base, this.slug, id, "history");
    const page = await this.json<Page<HistoryEntry>>(url);
    const first = page.next ? null : origin(page.results.at(-1));
    return { entries: first ? [...page.results, first] : page.results, next: page.next ?? null };
  }

  /** Gives a feature back a former version; `current` is the one it replaces, null when it was deleted. */
  async restore(id: number, version: number, current: number | null): Promise<void> {
    await this.api.send(requests.aboutUrl(this.base, this.slug, id, "restore"), {
      method: "POST",
      body: { version, current },
    });
  }

  async deleted(): Promise<DeletedFeature[]> {
    const { results } = await this.json<Page<DeletedFeature>>(requests.deletedUrl(this.base, this.slug));
    // Deleted, restored and deleted again: the last time counts.
    return results.filter(({ id }, i) => results.findIndex((one) => one.id === id) === i);
  }

  /** What breaks the layer's rules within a box in degrees. */
  async issues(bbox: Bbox): Promise<{ results: Issue[]; complete: boolean }> {
    return this.json(requests.issuesUrl(this.base, this.slug, bbox));
  }

  async attachments(id: number): Promise<Attachment[]> {
    return (await this.json<Page<Attachment>>(requests.aboutUrl(this.base, this.slug, id, "attachments"))).results;
  }

  async attach(id: number, file: File): Promise<void> {
    const body = new FormData();
    body.append("file", file);
    await this.api.send(requests.aboutUrl(this.base, this.slug, id, "attachments"), { method: "POST", body });
  }

  async detach(id: number, attachment: number): Promise<void> {
    await this.api.send(requests.attachmentUrl(this.base, this.slug, id, attachment), { method: "DELETE" });
  }

  private async json<T>(url: string, body?: unknown): Promise<T> {
    const response = await this.api.send(url, body === undefined ? {} : { method: "POST", body });
    return (await response.json()) as T;
  }
}

/** What came with many others in one import has no entry of its own: the one after it tells that there was something. */
function origin(oldest: HistoryEntry | undefined): HistoryEntry | null {
  if (!oldest || oldest.action === "create" || oldest.version < 2) return null;
  const nothing = { changes: [], geometry_changed: false, geometry: null };
  return { version: oldest.version - 1, at: "", by: "", from: "", action: "create", kind: "import", ...nothing };
}

function snapFeature(json: SnapFeatureJson): SnapFeature[] {
  const shape = readShape(json.geometry);
  const layer = json.layer ?? String(json.properties?.["layer"] ?? "");
  return shape ? [{ layer, id: json.id ?? "", shape }] : [];
}

// --- refusals ----------------------------------------------------------------------------------------------------------

/** What a refused request says of each draft that it sent: messages by field, "" for the thing as a whole. */
export function refusalsOf(error: ApiError, drafts: readonly Draft[]): Record<string, Record<string, string>> {
  const errors = (error.problem["errors"] ?? []) as { index?: number; field?: string; message?: string }[];
  const found: Record<string, Record<string, string>> = {};
  for (const { index = 0, field = "", message = "" } of errors) {
    const key = drafts[index]?.key;
    if (key) found[key] = { ...found[key], [field]: message };
  }
  return found;
}

interface ConflictJson {
  readonly index: number;
  readonly version?: number;
  readonly current: requests.FeatureJson | null;
}

/** The features of a refused request that somebody changed meanwhile, as they are now; null for those deleted. */
export function conflictsOf(
  error: ApiError,
  drafts: readonly Draft[],
  titleField: string,
): { key: string; current: Stored | null }[] {
  const gone = { index: Number(error.problem["index"] ?? -1), current: null };
  const conflicts = (error.problem["conflicts"] ?? [gone]) as ConflictJson[];
  return conflicts.flatMap(({ index, version, current }) => {
    const draft = drafts[index];
    if (!draft) return [];
    const id = draft.base?.id ?? 0;
    const now = version ?? current?.version ?? 1;
    return [{ key: draft.key, current: current && requests.storedOf({ ...current, id }, now, titleField) }];
  });
}

/** Somebody changed, or deleted, what was to be written. */
export const isConflict = (error: ApiError): boolean =>
  error.status === 412 || (error.status === 404 && typeof error.problem["index"] === "number");
