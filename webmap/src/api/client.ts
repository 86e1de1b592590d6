import { toLambert93 } from "../geo/lambert93";
import type { Bbox, LonLat } from "../geo/mercator";
import { pageToken, type Session } from "./session";
import type {
  Background,
  ExternalLayer,
  Feature,
  FeaturePage,
  HeightAt,
  HeightLegend,
  HereGroup,
  Job,
  Layer,
  LegendLine,
  Photo,
  RoadPlace,
  Suggestions,
  TerrainProfile,
  WholeRoad,
} from "./types";
import * as urls from "./urls";
import { newUuid } from "./uuid";

/** RFC 9457, with what a kind of problem adds to it. */
interface Problem {
  title?: string;
  detail?: string;
  [member: string]: unknown;
}

export interface Sending {
  method?: "POST" | "PUT" | "DELETE";
  /** The entity tag of what is changed, as it was seen. */
  ifMatch?: string;
  /** Sent as JSON, unless it is a form. */
  body?: unknown;
  /** Sent even while the page is left. */
  keepalive?: boolean;
  signal?: AbortSignal | undefined;
}

/** Why a request gave nothing: what the server said (problem details), or `offline` when it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly problem: Readonly<Record<string, unknown>> = {},
  ) {
    super(title || detail);
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

export const csrfToken = pageToken;

/** So often the same request is sent, where somebody signs in again in between. */
const MOST_TRIES = 3;

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

/** A field of a form; of a file what tells it from others. */
const fieldAsText = ([name, value]: [string, FormDataEntryValue]): unknown[] =>
  value instanceof File ? [name, value.name, value.size, value.lastModified] : [name, value];

async function problemOf(response: Response): Promise<ApiError> {
  const type = response.headers.get("Content-Type") ?? "";
  const problem: Problem = type.includes("json") ? await response.json().catch(() => ({})) : {};
  return new ApiError(response.status, problem.title ?? "", problem.detail ?? "", problem);
}

interface Results<T> {
  results: T[];
  next?: string | null;
}

/** Typed reader of /api/v1/. Every call may be aborted; every failure is an ApiError (or the AbortError). */
export class ApiClient {
  /** The keys of requests that nobody answered: sent again, the server leads to what it may have made already. */
  private readonly unanswered = new Map<string, string>();

  constructor(
    private readonly base: string,
    private readonly language: () => string,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
    private readonly session: Session | null = null,
  ) {}

  layers(): Promise<Layer[]> {
    return this.all(urls.layersUrl(this.base));
  }

  /** The lines of another of a layer's legends. */
  async legend(slug: string, name: string): Promise<LegendLine[]> {
    return (await this.get<Layer>(urls.legendUrl(this.base, slug, name))).legend;
  }

  /** The layers of other servers that this person may see. */
  externalLayers(): Promise<ExternalLayer[]> {
    return this.all(urls.externalLayersUrl(this.base));
  }

  /** The aerial campaigns that this person may see. */
  photos(): Promise<Photo[]> {
    return this.all(urls.photosUrl(this.base));
  }

  async backgrounds(): Promise<Background[]> {
    return (await this.get<Results<Background>>(urls.backgroundsUrl(this.base))).results;
  }

  search(text: string, near: LonLat, signal: AbortSignal): Promise<Suggestions> {
    return this.get(urls.searchUrl(this.base, text, near), signal);
  }

  road(slug: string, signal?: AbortSignal): Promise<WholeRoad> {
    return this.get(urls.roadUrl(this.base, slug), signal);
  }

  roadPlace(at: LonLat, route: string): Promise<RoadPlace> {
    return this.get(urls.roadPlaceUrl(this.base, toLambert93(at), route));
  }

  async here(at: LonLat, zoom: number, layers: readonly string[], signal?: AbortSignal): Promise<HereGroup[]> {
    return (await this.get<Results<HereGroup>>(urls.hereUrl(this.base, at, zoom, layers), signal)).results;
  }

  feature(layer: string, id: number, signal?: AbortSignal): Promise<Feature> {
    return this.get(urls.featureUrl(this.base, layer, id), signal);
  }

  features(layer: string, bbox: Bbox, signal?: AbortSignal): Promise<FeaturePage> {
    return this.get(urls.featuresUrl(this.base, layer, bbox), signal);
  }

  table(layer: string, query: urls.TableQuery, signal?: AbortSignal): Promise<FeaturePage> {
    return this.get(urls.tableUrl(this.base, layer, query), signal);
  }

  /** The page that `next` of a former page names. */
  nextFeatures(next: string, signal?: AbortSignal): Promise<FeaturePage> {
    return this.get(next, signal);
  }

  /** The ground and the surface along a line. */
  terrainProfile(line: readonly LonLat[], signal?: AbortSignal): Promise<TerrainProfile> {
    return this.get(urls.terrainProfileUrl(this.base, line), signal);
  }

  /** Where the same is taken away as a file. */
  terrainProfileFile(line: readonly LonLat[], file: string): string {
    return urls.terrainProfileUrl(this.base, line, file);
  }

  heightLegend(campaign: string, style: string, signal?: AbortSignal): Promise<HeightLegend> {
    return this.get(urls.heightLegendUrl(this.base, campaign, style), signal);
  }

  height(at: LonLat, model: string, signal?: AbortSignal): Promise<HeightAt> {
    return this.get(urls.heightUrl(this.base, at, model), signal);
  }

  async jobs(): Promise<Job[]> {
    return (await this.get<Results<Job>>(urls.jobsUrl(this.base))).results;
  }

  private async all<T>(first: string): Promise<T[]> {
    const everything: T[] = [];
    let url: string | null = first;
    while (url) {
      const page: Results<T> = await this.get(url);
      everything.push(...page.results);
      url = page.next ?? null;
    }
    return everything;
  }

  private async get<T>(url: string, signal?: AbortSignal): Promise<T> {
    return (await (await this.send(url, { signal })).json()) as T;
  }

  /** Asks or writes; an answer that refuses is thrown. What comes after its session waits until one signed in again. */
  async send(url: string, sending: Sending = {}): Promise<Response> {
    if (this.session?.declined && !sending.method) throw new ApiError(401, "", "");
    const [asked, key] = this.keyOf(url, sending);
    for (let tries = 1; ; tries += 1) {
      const response = await this.sent(urls.sameOrigin(url), sending, asked, key);
      if (response.status < 500) this.unanswered.delete(asked);
      this.session?.seen(response.headers);
      if (response.ok) return response;
      if (tries === MOST_TRIES || !(await this.session?.mended(response))) throw await problemOf(response);
      if (sending.signal?.aborted) throw new DOMException("", "AbortError");
    }
  }

  /** Writes a small form that outlives the page. What is refused is lost, and says nothing of it. */
  async keep(url: string, body: FormData): Promise<void> {
    await this.sent(urls.sameOrigin(url), { method: "POST", body, keepalive: true }, "", "").catch(() => {});
  }

  /** What a POST is known by until it is answered, and its key. */
  private keyOf(url: string, { method, body }: Sending): [asked: string, key: string] {
    if (method !== "POST") return ["", ""];
    const asked = `${url} ${body instanceof FormData ? JSON.stringify([...body].map(fieldAsText)) : JSON.stringify(body)}`;
    const key = this.unanswered.get(asked) ?? newUuid();
    this.unanswered.set(asked, key);
    return [asked, key];
  }

  private async sent(url: string, sending: Sending, asked: string, key: string): Promise<Response> {
    const { method, body, signal, ifMatch, keepalive = false } = sending;
    const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": this.language() };
    Object.assign(headers, this.session?.headers);
    if (method) headers["X-CSRFToken"] = csrfToken();
    if (key) headers["Idempotency-Key"] = key;
    if (ifMatch) headers["If-Match"] = ifMatch;
    const form = body instanceof FormData;
    if (body !== undefined && !form) headers["Content-Type"] = "application/json";
    const written = body === undefined || form ? (body ?? null) : JSON.stringify(body);
    const request = { method: method ?? "GET", headers, body: written, signal: signal ?? null, keepalive };
    try {
      return await this.fetcher(url, { ...request, credentials: "same-origin" });
    } catch (error) {
      if (isAbort(error)) {
        this.unanswered.delete(asked);
        throw error;
      }
      throw new ApiError(0, "", "");
    }
  }
}
