import type { Shape } from "../geo/shape";
import { type Draft, draftOf, type Stored, same, sameValue } from "./session";

/** Who changed a field since both started from the same version. `agreed`: both, to the same value. */
export type Side = "nobody" | "mine" | "theirs" | "agreed" | "both";
export type Choice = "mine" | "theirs";

/** Who deleted a feature that both touched: each case has its own question and its own buttons. */
export type Clash = "changed" | "deletedHere" | "deletedThere" | "deletedByBoth";

export function clashOf(draft: Draft, current: Stored | null): Clash {
  if (current) return draft.deleted ? "deletedHere" : "changed";
  return draft.deleted ? "deletedByBoth" : "deletedThere";
}

export interface Compared<T> {
  readonly name: string;
  readonly base: T;
  readonly mine: T;
  readonly theirs: T;
  readonly side: Side;
}

export interface Comparison {
  readonly fields: readonly Compared<unknown>[];
  readonly shape: Compared<Shape | null>;
}

/** What a person has to choose is what both changed, differently; `SHAPE` names the geometry among the fields. */
export const SHAPE = "\u0000shape";

function sideOf(base: unknown, mine: unknown, theirs: unknown, equal: (a: unknown, b: unknown) => boolean): Side {
  const [here, there] = [!equal(base, mine), !equal(base, theirs)];
  if (here && there) return equal(mine, theirs) ? "agreed" : "both";
  return here ? "mine" : there ? "theirs" : "nobody";
}

/** The draft and what somebody else saved meanwhile, field by field, against the version that the draft began with. */
export function compare(draft: Draft, current: Stored, names: readonly string[]): Comparison {
  const base = draft.base;
  const fields = names.map((name) => {
    const [was, mine, theirs] = [base, draft, current].map((one) => one?.properties[name] ?? null);
    return { name, base: was, mine, theirs, side: sideOf(was, mine, theirs, sameValue) };
  });
  const [was, mine, theirs] = [base?.shape ?? null, draft.shape, current.shape] as const;
  return { fields, shape: { name: SHAPE, base: was, mine, theirs, side: sideOf(was, mine, theirs, same) } };
}

/** What somebody else changed since both started from the same version: what goes with a deletion. */
export function changedThere({ fields, shape }: Comparison): Compared<unknown>[] {
  return [...fields, shape].filter(({ side }) => side !== "nobody" && side !== "mine");
}

/** The names that need a choice. */
export function disputed({ fields, shape }: Comparison): string[] {
  return [...fields, shape].filter(({ side }) => side === "both").map(({ name }) => name);
}

const taken = <T>({ name, side, mine, theirs }: Compared<T>, choices: Readonly<Record<string, Choice>>): T =>
  side === "theirs" || (side === "both" && choices[name] !== "mine") ? theirs : mine;

/**
 * The draft again, on the version of the server: what only one of us changed is kept, what both changed is as chosen
 * (theirs where nothing was chosen: what is saved already is lost last).
 */
export function merged(
  draft: Draft,
  current: Stored,
  comparison: Comparison,
  choices: Readonly<Record<string, Choice>>,
  clientId: string,
): Draft {
  const chosen = Object.fromEntries(comparison.fields.map((field) => [field.name, taken(field, choices)]));
  return {
    ...draftOf(current, clientId),
    properties: { ...current.properties, ...chosen },
    shape: taken(comparison.shape, choices),
    deleted: draft.deleted,
  };
}
