import { describe, expect, it } from "vitest";
import { ApiClient, ApiError } from "../src/api/client";
import * as urls from "../src/api/urls";
import { newUuid } from "../src/api/uuid";

const API = "/api/v1/";

function answering(body: unknown, status = 200): { client: ApiClient; asked: string[] } {
  const asked: string[] = [];
  const fetcher = async (input: RequestInfo | URL): Promise<Response> => {
    asked.push(String(input));
    return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });
  };
  return { client: new ApiClient(API, () => "fr", fetcher as typeof fetch), asked };
}

describe("addresses", () => {
  it("ask for what is here with the layers in one parameter", () => {
    expect(urls.hereUrl(API, [1.9, 47.55], 17.4, ["parcels", "roads"])).toBe(
      "/api/v1/here/?lon=1.9&lat=47.55&zoom=17&layers=parcels,roads",
    );
  });

  it("escape what a person typed", () => {
    expect(urls.roadUrl(API, "D2020-45")).toBe(`${API}networks/roads/routes/D2020-45/`);
    expect(urls.roadPlaceUrl(API, [620000.123, 6720000], "D2020 (45)")).toBe(
      `${API}networks/roads/locate?x=620000.12&y=6720000.00&route=D2020%20(45)`,
    );
    expect(urls.searchUrl(API, "rue d'été & co", [1.9, 47.55])).toBe(
      "/api/v1/search/?q=rue%20d'%C3%A9t%C3%A9%20%26%20co&limit=8&lon=1.9&lat=47.55",
    );
  });

  it("round coordinates to seven decimals", () => {
    expect(urls.featuresUrl(API, "parcels", [1.123456789, 47, 2, 48])).toBe(
      "/api/v1/layers/parcels/features/?bbox=1.1234568,47,2,48&limit=100",
    );
  });

  it("carry the version of the tiles", () => {
    expect(urls.tilesUrl("/tiles/", "parcels", 7)).toBe("/tiles/parcels/{z}/{x}/{y}.mvt?v=7");
  });

  it("list the photos", () => {
    expect(urls.photosUrl(API)).toBe("/api/v1/photos/?limit=100");
  });

  it("come back to the map after signing in", () => {
    expect(urls.signInUrl("/compte/connexion/", "/#c=1,2")).toBe("/compte/connexion/?next=%2F%23c%3D1,2");
  });

  it("keep to this host whatever a proxy wrote", () => {
    expect(urls.sameOrigin("http://inside:8000/api/v1/x/?after=3")).toBe("/api/v1/x/?after=3");
  });
});

describe("what is created", () => {
  function keys(...statuses: number[]): { client: ApiClient; sent: (string | null)[] } {
    const sent: (string | null)[] = [];
    const fetcher = async (_input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      sent.push(new Headers(init?.headers).get("Idempotency-Key"));
      const status = statuses[sent.length - 1] ?? 201;
      if (status === 0) throw new TypeError("Failed to fetch");
      return Response.json({}, { status });
    };
    return { client: new ApiClient(API, () => "fr", fetcher as typeof fetch), sent };
  }

  const post = (client: ApiClient, body: unknown): Promise<unknown> =>
    client.send("/api/v1/exports/", { method: "POST", body }).catch(() => null);

  it("has the same key until somebody answers", async () => {
    const { client, sent } = keys(0, 504, 201);
    for (let press = 0; press < 4; press += 1) await post(client, { layers: ["lampes"] });
    expect(sent[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent.slice(1, 3)).toEqual([sent[0], sent[0]]);
    expect(sent[3]).not.toBe(sent[0]);
  });

  it("has another key where it is something else", async () => {
    const { client, sent } = keys(0, 0);
    const photo = (text: string): FormData => {
      const form = new FormData();
      form.append("file", new File([text], "photo.jpg", { lastModified: 1 }));
      return form;
    };
    await post(client, photo("une"));
    await post(client, photo("une autre"));
    await post(client, photo("une"));
    expect(sent[1]).not.toBe(sent[0]);
    expect(sent[2]).toBe(sent[0]);
  });

  it("is not said of what is only read", async () => {
    const { client, sent } = keys();
    await client.jobs().catch(() => null);
    expect(sent).toEqual([null]);
  });
});

describe("client", () => {
  it("reads the catalogue to its last page", async () => {
    const pages = [
      { results: [{ slug: "a" }], next: "http://host/api/v1/layers/?offset=1" },
      { results: [{ slug: "b" }], next: null },
    ];
    const fetcher = async (): Promise<Response> => Response.json(pages.shift());
    const client = new ApiClient(API, () => "fr", fetcher as typeof fetch);
    expect((await client.layers()).map(({ slug }) => slug)).toEqual(["a", "b"]);
  });

  it("says what the server said when it refuses", async () => {
    const { client } = answering({ title: "Introuvable", detail: "Cet objet n’existe pas." }, 404);
    const error = await client.feature("parcels", 1).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, title: "Introuvable", detail: "Cet objet n’existe pas." });
  });

  it("tells a server that cannot be reached from one that refuses", async () => {
    const client = new ApiClient(API, () => "fr", (async () => {
      throw new TypeError("Failed to fetch");
    }) as typeof fetch);
    expect(await client.jobs().catch((reason: ApiError) => reason.offline)).toBe(true);
  });

  it("lets an abandoned question be told apart", async () => {
    const abort = new DOMException("", "AbortError");
    const client = new ApiClient(API, () => "fr", (async () => {
      throw abort;
    }) as typeof fetch);
    expect(await client.jobs().catch((reason: unknown) => reason)).toBe(abort);
  });
});

describe("A key made without https", () => {
  it("is a UUID of version 4, another each time", () => {
    const made = [newUuid(), newUuid()];
    for (const one of made)
      expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(made[0]).not.toBe(made[1]);
  });
});
