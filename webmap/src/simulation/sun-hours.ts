import type * as schema from "../api/schema";
import { type Lane, Question } from "./questions";

/** The day whose lost sun is shown: one of three of the year, or the one that is chosen for the shadow. */
export const SUN_DAYS = ["12-21", "03-21", "06-21", "chosen"] as const;
export type SunDay = (typeof SUN_DAYS)[number];

/** The classes of the map, from where least is lost to where most is. */
export const SUN_TINTS = ["sun1", "sun2", "sun3", "sun4"] as const;

type Body = Pick<schema.SimulationSun, "volumes" | "demolished">;
type Read = (url: string, body: unknown, signal: AbortSignal) => Promise<schema.SimulationSunAnswer>;

const PAUSE_MS = 500;
const NOTHING: readonly schema.SunClass[] = [];

/** Hours of sun that the project takes from its neighbours on a day: asked for while they are shown. */
export class SunHours {
  readonly question: Question<schema.SimulationSunAnswer>;
  private wanted = false;
  private chosen: SunDay = SUN_DAYS[0];

  constructor(lane: Lane, changed: () => void) {
    this.question = new Question(lane, PAUSE_MS, changed);
  }

  get shown(): boolean {
    return this.wanted;
  }

  get day(): SunDay {
    return this.chosen;
  }

  show(shown: boolean, day = this.chosen): void {
    this.wanted = shown;
    this.chosen = day;
    if (!shown) this.question.forget();
  }

  /** What is drawn on the map: the same object as long as it is the same answer. */
  get classes(): readonly schema.SunClass[] {
    return (this.wanted && this.question.answer.value?.classes) || NOTHING;
  }

  /** `chosen` is the day of the shadow (YYYY-MM-DD). */
  ask({ volumes, demolished = [] }: Body, chosen: string, language: string, url: string, read: Read): void {
    if (!this.wanted) return;
    const day = this.chosen === "chosen" ? chosen : `${chosen.slice(0, 4)}-${this.chosen}`;
    const body = { volumes, demolished, day };
    this.question.ask([body, language], (signal) => read(`${url}sun`, body, signal));
  }
}
