import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiClient, ApiError } from "../src/api/client";
import { Session, type SessionScript } from "../src/api/session";
import { noteKept, noteSaved, unsavedLayers } from "../src/state/unsaved";

const FACTS = { user: "one", rights: "r1", header: "Arpent-User" };

/** A server that refuses so many times, and a person who signs in again or not. */
function late(refusals: readonly Response[], same = true) {
  const script: SessionScript = {
    samePerson: vi.fn(async () => same),
    look: vi.fn(async () => ({})),
    glance: vi.fn(async () => {}),
    whenAnother: vi.fn(),
    whenUpgraded: vi.fn(),
  };
  const session = new Session(FACTS, async () => script);
  const events = { ended: vi.fn(), restored: vi.fn(), rightsChanged: vi.fn(), upgraded: vi.fn() };
  session.events = events;
  const asked: RequestInit[] = [];
  const waiting = [...refusals];
  const fetcher = async (_input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    asked.push(init ?? {});
    return waiting.shift() ?? new Response("{}", { headers: { "Arpent-User": "one.r1" } });
  };
  return {
    client: new ApiClient("/api/v1/", () => "fr", fetcher as typeof fetch, session),
    script,
    session,
    events,
    asked,
  };
}

const refused = (status: number, reason = "session"): Response =>
  new Response(JSON.stringify({ status, reason }), { status, headers: { "Content-Type": "application/problem+json" } });

describe("a request that comes after its session", () => {
  it("says for whom the page was made", async () => {
    const { client, asked } = late([]);
    await client.send("/x");
    expect(asked[0]?.headers).toMatchObject({ "Arpent-User": "one" });
  });

  it("waits until one has signed in again, and is sent once more", async () => {
    const { client, asked, events } = late([refused(401)]);
    expect((await client.send("/x", { method: "POST", body: { a: 1 } })).ok).toBe(true);
    expect(asked.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
    expect(events.restored).toHaveBeenCalledOnce();
  });

  it("asks once, whatever waits", async () => {
    const { client, script, events } = late([refused(401), refused(401)]);
    await Promise.all([client.send("/a"), client.send("/b")]);
    expect(script.samePerson).toHaveBeenCalledOnce();
    expect(events.restored).toHaveBeenCalledOnce();
  });

  it("is refused where one would not; then nothing is read until one asks to write", async () => {
    const { client, asked, events, script } = late([refused(401), refused(401)], false);
    await expect(client.send("/x")).rejects.toMatchObject({ status: 401 });
    expect(events.ended).toHaveBeenCalledOnce();
    await expect(client.send("/x")).rejects.toBeInstanceOf(ApiError);
    expect(asked).toHaveLength(1);
    await expect(client.send("/x", { method: "POST" })).rejects.toBeInstanceOf(ApiError);
    expect(script.samePerson).toHaveBeenCalledTimes(2);
  });

  it("takes a fresh token where its own was of an earlier session", async () => {
    const { client, script, asked } = late([refused(403, "csrf")]);
    await client.send("/x", { method: "POST" });
    expect(script.look).toHaveBeenCalledOnce();
    expect(asked).toHaveLength(2);
  });

  it("is not sent again where it is simply not allowed", async () => {
    const { client, asked } = late([refused(403, "")]);
    await expect(client.send("/x", { method: "POST" })).rejects.toMatchObject({ status: 403 });
    expect(asked).toHaveLength(1);
  });

  it("does not go on for ever", async () => {
    const { client, asked } = late([refused(401), refused(401), refused(401), refused(401)]);
    await expect(client.send("/x")).rejects.toMatchObject({ status: 401 });
    expect(asked).toHaveLength(3);
  });

  it("is given up with what asked for it", async () => {
    const { client } = late([refused(401)]);
    const gone = new AbortController();
    gone.abort();
    await expect(client.send("/x", { signal: gone.signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("rights that change", () => {
  it("are said once", async () => {
    const fewer = (): Response => new Response("{}", { headers: { "Arpent-User": "one.r2" } });
    const { client, events } = late([fewer(), fewer()]);
    await client.send("/x");
    await client.send("/x");
    expect(events.rightsChanged).toHaveBeenCalledOnce();
  });
});

describe("notes of unsaved work", () => {
  beforeEach(() => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    });
  });

  it("are each person's own, and outlive everybody else", () => {
    noteKept({ user: "one", layer: "trees", title: "Arbres" });
    noteKept({ user: "two", layer: "trees", title: "Arbres" });
    expect(unsavedLayers(null)).toEqual([]);
    expect(unsavedLayers("three")).toEqual([]);
    noteSaved("two", "trees");
    expect(unsavedLayers("one")).toEqual(["trees"]);
  });

  it("go once it is saved, those of other layers stay", () => {
    noteKept({ user: "one", layer: "trees", title: "Arbres" });
    noteKept({ user: "one", layer: "lamps", title: "Lampes" });
    noteKept({ user: "one", layer: "lamps", title: "Lampes" });
    noteSaved("one", "lamps");
    expect(unsavedLayers("one")).toEqual(["trees"]);
    noteSaved("one", "trees");
    expect(localStorage.getItem("arpent.edit")).toBeNull();
  });

  it("are none where what is there cannot be read", () => {
    localStorage.setItem("arpent.edit", "{");
    expect(unsavedLayers("one")).toEqual([]);
    localStorage.setItem("arpent.edit", '{"user":"one","layer":"trees"}');
    expect(unsavedLayers("one")).toEqual([]);
  });
});
