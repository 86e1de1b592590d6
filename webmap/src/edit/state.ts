import type { ApiError } from "../api/client";
import type { Layer } from "../api/types";
import type { Box, Place, Position, Shape } from "../geo/shape";
import type { Snapping } from "../state/memory";
import type { EditTab, Loadable } from "../state/state";
import type { Remark } from "./client";
import type { Drawing } from "./drawing";
import type { FormField } from "./form";
import type { Comparison } from "./merge";
import { changedFields, type Draft, isMoved, type Session, type Stored } from "./session";
import type { SnapHit } from "./snap";

/** What pointing at something does while nothing is being drawn. */
export const TOOLS = ["select", "move", "many"] as const;
export type Tool = (typeof TOOLS)[number];

/** A feature that somebody else changed (`current` null: deleted) while it was edited here. */
export interface Conflict {
  readonly draft: Draft;
  readonly current: Stored | null;
  readonly comparison: Comparison | null;
  readonly by: { name: string; at: string } | null;
}

/** How much of what may be snapped to is here. */
export type SnapReach = "none" | "loading" | "all" | "some" | "far" | "error";

export interface EditState {
  readonly layer: Layer;
  readonly fields: Loadable<FormField[]>;
  /** Features may have several parts. */
  readonly multiple: boolean;
  readonly session: Session;
  readonly tool: Tool;
  readonly drawing: Drawing | null;
  /** The feature whose sheet is open. */
  readonly active: string | null;
  /** Several at once. */
  readonly picked: readonly string[];
  /** A vertex of the active feature. */
  readonly chosen: Place | null;
  /** The shape of the active feature while it is dragged: not a step yet. */
  readonly dragged: Shape | null;
  /** The vertex follows where one aims, without a button held. */
  readonly held: boolean;
  readonly box: Box | null;
  readonly tab: EditTab;
  readonly snapping: Snapping;
  readonly reach: SnapReach;
  readonly tracing: boolean;
  /** Keys of features on their way from the server, by the questions that asked for them. */
  readonly opening: readonly (readonly string[])[];
  readonly saving: boolean;
  /** What the server refused, by draft and field. */
  readonly refused: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly refusal: ApiError | null;
  /** What was said of what was saved, by the draft as it was then. */
  readonly remarks: Readonly<Record<string, readonly Remark[]>>;
  /** Counts how often something to be corrected was pointed at: the sheet takes the focus to the first. */
  readonly pointed: number;
  /** A form was asked to be saved: from now on what is missing is shown. */
  readonly judged: boolean;
  readonly conflicts: readonly Conflict[];
  readonly leaving: boolean;
  /** A former version that is shown on the map. */
  readonly former: { readonly id: number; readonly version: number; readonly shape: Shape | null } | null;
  /** Features were written since: what lists them must ask again. */
  readonly writes: number;
  /** Work is kept in this browser until it is saved; false when the browser refuses. */
  readonly kept: boolean;
}

/** Where one aims: with the pointer, or with the crosshair. Apart from the state, which must not change at each move. */
export interface Aim {
  readonly raw: Position | null;
  /** Snapped, when there was something to snap to. */
  readonly at: Position | null;
  readonly hit: SnapHit | null;
  /** The way along lines that a click would lay. */
  readonly way: readonly Position[];
}

export const NOWHERE: Aim = { raw: null, at: null, hit: null, way: [] };

export const activeDraft = ({ session, active }: EditState): Draft | null =>
  (active !== null && session.drafts[active]) || null;

export const pickedDrafts = ({ session, picked }: EditState): Draft[] =>
  picked.flatMap((key) => session.drafts[key] ?? []);

/** What still holds of what was said when a draft was saved: of what was not changed since. */
export function remarksOn({ remarks }: EditState, draft: Draft): readonly Remark[] {
  const changed = changedFields(draft);
  const isOpen = ({ field }: Remark): boolean => (field === "geometry" ? !isMoved(draft) : !changed.includes(field));
  return (remarks[draft.key] ?? []).filter(isOpen);
}

/** The shape of the active feature as it is on screen. */
export const activeShape = (state: EditState): Shape | null => state.dragged ?? activeDraft(state)?.shape ?? null;

/** Nothing is drawn, dragged, chosen or shown of the past. */
export const CALM = { drawing: null, chosen: null, dragged: null, held: false, former: null } as const;
