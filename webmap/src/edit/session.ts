import { newUuid } from "../api/uuid";
import type { Shape } from "../geo/shape";

/** Values of a feature by the names of its fields, as the schema types them. */
export type Values = Readonly<Record<string, unknown>>;

/** A feature as the server has it; `shape` in EPSG:2154. */
export interface Stored {
  readonly id: number;
  readonly version: number;
  readonly title: string;
  readonly properties: Values;
  readonly shape: Shape | null;
}

/** A feature as it is being edited: of a stored one, or (`base` null) a new one. */
export interface Draft {
  readonly key: string;
  /** Sent along: what is sent twice because no answer came is done once. */
  readonly clientId: string;
  readonly base: Stored | null;
  readonly properties: Values;
  readonly shape: Shape | null;
  readonly deleted: boolean;
}

export type StepKind = "draw" | "shape" | "move" | "values" | "delete" | "keep";

/** One thing done, with what it takes to undo it. */
export interface Step {
  readonly kind: StepKind;
  readonly changes: readonly { key: string; before: Draft | null; after: Draft | null }[];
  /** Steps in a row about the same thing are one: a word typed letter by letter. */
  readonly about: string;
}

/** All that is not saved yet in one layer. Plain data: it is compared, kept and restored as it is. */
export interface Session {
  readonly layer: string;
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

export const MOST_STEPS = 50;

export const emptySession = (layer: string): Session => ({ layer, drafts: {}, done: [], undone: [] });

export const keyOfStored = (id: number): string => String(id);

export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Text, number or date: an empty text and nothing are the same to whoever fills in a form. */
export const sameValue = (a: unknown, b: unknown): boolean =>
  same(a === "" ? null : (a ?? null), b === "" ? null : (b ?? null));

export function draftOf(stored: Stored, clientId: string): Draft {
  const { properties, shape } = stored;
  return { key: keyOfStored(stored.id), clientId, base: stored, properties, shape, deleted: false };
}

/** Takes up a feature of the server to look at it, or refreshes one that was not changed here. */
export function opened(session: Session, stored: Stored, clientId: string): Session {
  const key = keyOfStored(stored.id);
  const draft = session.drafts[key];
  if (draft && isChanged(draft)) return session;
  return { ...session, drafts: { ...session.drafts, [key]: draftOf(stored, clientId) } };
}

/** Lets go of what was only looked at. */
export function closed(session: Session, key: string): Session {
  const draft = session.drafts[key];
  const named = [...session.done, ...session.undone].some(({ changes }) => changes.some((one) => one.key === key));
  return !draft || isChanged(draft) || named ? session : { ...session, drafts: without(session.drafts, key) };
}

function without(drafts: Session["drafts"], key: string): Session["drafts"] {
  return Object.fromEntries(Object.entries(drafts).filter(([other]) => other !== key));
}

/** Another content: what was sent before under the same name is not this. New things keep theirs, not to be made twice. */
export function touched(draft: Draft): Draft {
  return draft.base ? { ...draft, clientId: newUuid() } : draft;
}

// --- what changed ------------------------------------------------------------------------------------------------------

/** The fields whose value is not the stored one. */
export function changedFields({ base, properties }: Draft): string[] {
  return Object.keys(properties).filter((name) => !base || !sameValue(properties[name], base.properties[name]));
}

export const isMoved = ({ base, shape }: Draft): boolean => !base || !same(shape, base.shape);

export function isChanged(draft: Draft): boolean {
  return !draft.base || draft.deleted || isMoved(draft) || changedFields(draft).length > 0;
}

export const pending = (session: Session): Draft[] => Object.values(session.drafts).filter(isChanged);

/** Ids of the stored features that are drawn from here instead of from the tiles. */
export const takenUp = (session: Session): number[] =>
  Object.values(session.drafts).flatMap(({ base }) => (base ? [base.id] : []));

// --- doing, undoing ----------------------------------------------------------------------------------------------------

/** Replaces drafts (null: the new one goes away) as one step. */
export function done(
  session: Session,
  kind: StepKind,
  after: Readonly<Record<string, Draft | null>>,
  about = "",
): Session {
  const changes = Object.entries(after)
    .map(([key, draft]) => ({ key, before: session.drafts[key] ?? null, after: draft }))
    .filter(({ before, after: draft }) => !same(before, draft));
  if (!changes.length) return session;
  const step: Step = { kind, changes, about };
  const last = session.done.at(-1);
  const steps =
    last && about && last.about === about
      ? [...session.done.slice(0, -1), joined(last, step)]
      : [...session.done, step];
  return { ...session, drafts: applied(session.drafts, step, "after"), done: steps.slice(-MOST_STEPS), undone: [] };
}

function joined(first: Step, second: Step): Step {
  const before = new Map(first.changes.map((change) => [change.key, change.before]));
  const changes = second.changes.map((change) => ({ ...change, before: before.get(change.key) ?? change.before }));
  const others = first.changes.filter(({ key }) => !second.changes.some((change) => change.key === key));
  return { ...second, changes: [...others, ...changes] };
}

function applied(drafts: Session["drafts"], step: Step, side: "before" | "after"): Session["drafts"] {
  let result = drafts;
  for (const change of step.changes) {
    const draft = change[side];
    result = draft ? { ...result, [change.key]: draft } : without(result, change.key);
  }
  return result;
}

export function undo(session: Session): Session {
  const step = session.done.at(-1);
  if (!step) return session;
  const drafts = applied(session.drafts, step, "before");
  return { ...session, drafts, done: session.done.slice(0, -1), undone: [...session.undone, { ...step, about: "" }] };
}

export function redo(session: Session): Session {
  const step = session.undone.at(-1);
  if (!step) return session;
  const drafts = applied(session.drafts, step, "after");
  return { ...session, drafts, done: [...session.done, step], undone: session.undone.slice(0, -1) };
}

// --- after the server answered -----------------------------------------------------------------------------------------

/** Saved: what was pending becomes what the server has now. Nothing is left to undo here: the history has it. */
export function saved(
  session: Session,
  results: readonly { key: string; stored: Stored | null }[],
  clientId: () => string,
): Session {
  const answered = new Set(results.map(({ key }) => key));
  const kept = Object.entries(session.drafts).filter(([key, draft]) => !answered.has(key) && !isChanged(draft));
  const fresh = results.flatMap(({ stored }) => (stored ? [draftOf(stored, clientId())] : []));
  const drafts = Object.fromEntries([...kept, ...fresh.map((draft) => [draft.key, draft] as const)]);
  return { ...session, drafts, done: [], undone: [] };
}
