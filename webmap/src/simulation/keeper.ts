import { ApiError } from "../api/client";
import type * as schema from "../api/schema";
import type { AppPort } from "../app/port";
import { Store } from "../state/store";
import {
  type Drawing,
  drawingBody,
  hasCourtyard,
  isSound,
  NO_DRAWING,
  type Project,
  readDrawing,
  readKept,
  volumesBody,
} from "./project";
import { type Lane, Question } from "./questions";

export const LETTERS = ["A", "B", "C", "D", "E", "F"] as const;
const WRITERS: readonly string[] = [
  "permit_instructor",
  "network_technician",
  "gis_administrator",
  "agency_administrator",
];
const STALE = 412;

export interface Variant extends Drawing {
  readonly letter: string;
  readonly title: string;
  readonly notes: string;
}

/** What the server has of the project. */
export interface Saved {
  readonly id: number;
  readonly version: number;
  readonly writable: boolean;
  readonly url: string;
  readonly by: string;
  readonly at: string;
  /** What was saved, to tell whether something changed since. */
  readonly content: string;
  /** The same as the server said it: whoever shares a project makes a version of the same content. */
  readonly answer: string;
}

export interface KeeperState {
  readonly saved: Saved | null;
  readonly name: string;
  readonly permit: string;
  readonly member: string;
  /** The variant that is drawn; its drawing is the desk's project. */
  readonly letter: string;
  readonly title: string;
  readonly notes: string;
  /** The other variants. */
  readonly others: readonly Variant[];
  readonly busy: boolean;
  readonly error: ApiError | null;
  /** What somebody else saved meanwhile. */
  readonly conflict: schema.Project | null;
  /** What became of the project's parcels. */
  readonly remarks: readonly string[];
  readonly successors: readonly string[];
  readonly answers: number;
}

type Kept = Pick<KeeperState, "saved" | "name" | "permit" | "member" | "letter" | "title" | "notes" | "others">;

const EMPTY: KeeperState = {
  saved: null,
  name: "",
  permit: "",
  member: "",
  letter: "A",
  title: "",
  notes: "",
  others: [],
  busy: false,
  error: null,
  conflict: null,
  remarks: [],
  successors: [],
  answers: 0,
};

/** What the keeper asks of the desk. */
export interface Drawn {
  readonly lane: Lane;
  readonly project: Project;
  /** Another drawing takes the place of the one on the map. */
  replace(project: Project): void;
  judge(body: object, signal: AbortSignal): Promise<schema.SimulationChecked>;
}

const answerOf = ({ name, permit, parcels, variants }: schema.Project): string =>
  JSON.stringify([name, permit, parcels, variants]);

/** The project as the server keeps it: its name, its variants, its versions, and what others saved meanwhile. */
export class Keeper {
  readonly store = new Store<KeeperState>(EMPTY);
  /** What was known of drawings that were left, for when they are undone. */
  private readonly left = new WeakMap<Project, Kept>();
  private readonly questions = new Map<string, Question<schema.SimulationChecked>>();

  constructor(
    private readonly app: AppPort,
    private readonly drawn: Drawn,
  ) {}

  get state(): KeeperState {
    return this.store.state;
  }

  /** The members for which this person keeps projects. */
  get members(): readonly { slug: string; name: string }[] {
    return this.app.config.memberships.filter(({ role }) => WRITERS.includes(role)).map(({ member }) => member);
  }

  private get address(): string {
    return `${this.app.config.urls.api}simulations/`;
  }

  // --- variants ----------------------------------------------------------------------------------------------------

  /** All variants, by their letters. */
  get variants(): readonly Variant[] {
    const { letter, title, notes, others } = this.state;
    const { volumes, lines, demolished } = this.drawn.project;
    const all = [...others, { letter, title, notes, volumes, lines, demolished }];
    return all.sort((one, other) => one.letter.localeCompare(other.letter));
  }

  private show(variants: readonly Variant[], letter: string, parcels: readonly string[]): void {
    const shown = variants.find((one) => one.letter === letter) ?? variants[0];
    const others = variants.filter((one) => one !== shown);
    const { title = "", notes = "", volumes, lines, demolished } = shown ?? { title: "", notes: "", ...NO_DRAWING };
    this.store.update({ letter: shown?.letter ?? "A", title, notes, others });
    this.drawn.replace({ parcels, volumes, lines, demolished });
  }

  choose(letter: string): void {
    if (letter !== this.state.letter) this.show(this.variants, letter, this.drawn.project.parcels);
  }

  get nextLetter(): string | null {
    const used = this.variants.map(({ letter }) => letter);
    return LETTERS.find((letter) => !used.includes(letter)) ?? null;
  }

  /** Another variant that begins as the one that is drawn. */
  addVariant(): void {
    const { nextLetter: letter, variants } = this;
    if (!letter) return;
    const { volumes, lines, demolished } = this.drawn.project;
    const added = { letter, title: "", notes: "", volumes, lines, demolished };
    this.show([...variants, added], letter, this.drawn.project.parcels);
  }

  removeVariant(): void {
    const { others } = this.state;
    const [next] = others;
    if (next) this.show(others, next.letter, this.drawn.project.parcels);
  }

  patch(patch: Partial<Pick<KeeperState, "name" | "permit" | "member" | "title" | "notes">>): void {
    this.store.update(patch);
  }

  // --- saving ------------------------------------------------------------------------------------------------------

  private content(): schema.ProjectContent {
    const { name, permit } = this.state;
    const variants = this.variants.map((one) => {
      const { letter, title, notes } = one;
      return { letter: letter as schema.LetterEnum, title, notes, ...drawingBody(one) };
    });
    return { name, permit, parcels: [...this.drawn.project.parcels], variants };
  }

  /** Whether something changed since it was saved; null while nothing was. */
  get changed(): boolean | null {
    const { saved } = this.state;
    return saved && saved.content !== JSON.stringify(this.content());
  }

  get hasDrawing(): boolean {
    return this.variants.some(({ volumes, lines }) => volumes.length + lines.length > 0);
  }

  async save(): Promise<void> {
    const { saved, member } = this.state;
    const body = this.content();
    const creation = { ...body, member: member || (this.members[0]?.slug ?? "") };
    await this.attempt(async () => {
      const answer = saved
        ? await this.app.api.send(`${this.address}${saved.id}/`, {
            method: "PUT",
            body,
            ifMatch: `"v${saved.version}"`,
          })
        : await this.app.api.send(this.address, { method: "POST", body: creation });
      this.keep((await answer.json()) as schema.Project);
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.store.update({ busy: true, error: null });
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { current } = error.problem;
      if (error.status === STALE && current) this.meet(current as schema.Project);
      else this.store.update({ error });
    } finally {
      this.store.update({ busy: false });
    }
  }

  /** Another version is there: one of the same content is saved over. */
  private meet(current: schema.Project): void {
    const { saved } = this.state;
    this.store.update({ conflict: current });
    if (saved && saved.version !== current.version && saved.answer === answerOf(current)) void this.saveOver();
  }

  /** The server has what is drawn, under this version. */
  private keep(project: schema.Project): void {
    const { id, version, writable, url, name, permit = "", changed_by: by, changed_at: at } = project;
    this.store.update({ name, permit, conflict: null, remarks: project.notes, successors: project.successors });
    const content = JSON.stringify(this.content());
    this.store.update({ saved: { id, version, writable, url, by, at, content, answer: answerOf(project) } });
  }

  async open(id: number): Promise<void> {
    await this.attempt(async () => {
      const answer = await this.app.api.send(`${this.address}${id}/`);
      this.take((await answer.json()) as schema.Project);
    });
  }

  /** What the server has takes the place of what is drawn. */
  private take(project: schema.Project, letter = "A"): void {
    this.remember();
    const courtyards = project.variants.some(({ volumes }) => volumes.some(({ footprint }) => hasCourtyard(footprint)));
    const variants = project.variants.map((one) => {
      const { letter, title = "", notes = "" } = one;
      return { letter, title, notes, ...readDrawing(one) };
    });
    this.questions.clear();
    this.show(variants, letter, project.parcels);
    this.keep(project);
    if (courtyards) this.store.update({ remarks: [...this.state.remarks, "courtyards"] });
  }

  // --- what somebody else saved ------------------------------------------------------------------------------------

  /** Theirs is shown; what is drawn is given up. */
  takeTheirs(): void {
    const { conflict, letter } = this.state;
    if (conflict) this.take(conflict, letter);
  }

  /** What is drawn becomes the next version; theirs stays among the former ones. */
  async saveOver(): Promise<void> {
    const { conflict, saved } = this.state;
    if (!conflict || !saved) return;
    this.store.update({ conflict: null, saved: { ...saved, version: conflict.version } });
    await this.save();
  }

  /** Theirs is shown, and what is drawn becomes a variant beside it. */
  keepBeside(): void {
    const { conflict } = this.state;
    if (!conflict) return;
    const { volumes, lines, demolished } = this.drawn.project;
    this.take(conflict);
    const { nextLetter: letter, variants } = this;
    if (letter)
      this.show([...variants, { letter, title: "", notes: "", volumes, lines, demolished }], letter, conflict.parcels);
  }

  /** The drawing goes on as a project of its own. */
  detach(): void {
    this.store.update({ saved: null, name: "", error: null, conflict: null });
  }

  /** The project goes on, on the parcels that lie there now. */
  moveToSuccessors(): void {
    const { successors } = this.state;
    if (!successors.length) return;
    this.store.update({ successors: [], remarks: [] });
    this.drawn.replace({ ...this.drawn.project, parcels: successors });
  }

  /** Nothing of a project is known any more: another one begins. */
  forget(permit = ""): void {
    this.remember();
    this.questions.clear();
    this.store.update({ ...EMPTY, permit });
  }

  /** Another drawing is about to take the place of this one. */
  remember(): void {
    this.left.set(this.drawn.project, this.forTab());
  }

  /** The drawing came back: what was known of it does, too. */
  recall(): void {
    const known = this.left.get(this.drawn.project);
    if (known) this.store.update({ ...EMPTY, ...known });
  }

  // --- comparing ---------------------------------------------------------------------------------------------------

  /** Has the variants that are not drawn judged, as far as they can be; `judgedOf` says what came. */
  compare(): void {
    const { language } = this.app.state;
    for (const variant of this.state.others) {
      if (!isSound(variant)) {
        this.questions.get(variant.letter)?.forget();
        continue;
      }
      const body = {
        parcels: [...this.drawn.project.parcels],
        volumes: volumesBody(variant),
        demolished: variant.demolished,
      };
      this.questionOf(variant.letter).ask([body, language], (signal) => this.drawn.judge(body, signal));
    }
  }

  /** Variants whose judgement failed are judged again. */
  retry(): void {
    for (const question of this.questions.values()) question.retry();
  }

  judgedOf(letter: string): schema.SimulationChecked | null {
    return this.questions.get(letter)?.answer.value ?? null;
  }

  private questionOf(letter: string): Question<schema.SimulationChecked> {
    const known = this.questions.get(letter);
    if (known) return known;
    const made = new Question<schema.SimulationChecked>(this.drawn.lane, 0, () =>
      this.store.update({ answers: this.state.answers + 1 }),
    );
    this.questions.set(letter, made);
    return made;
  }

  // --- kept in the tab ---------------------------------------------------------------------------------------------

  forTab(): Kept {
    const { saved, name, permit, member, letter, title, notes, others } = this.state;
    return { saved, name, permit, member, letter, title, notes, others };
  }

  fromTab(given: Partial<Kept> | undefined): void {
    if (!given) return;
    const text = (value: unknown): string => (typeof value === "string" ? value : "");
    const others = (Array.isArray(given.others) ? given.others : []).map((one: Variant) => {
      return { letter: text(one.letter), title: text(one.title), notes: text(one.notes), ...readKept({ ...one }) };
    });
    const letter = text(given.letter) || "A";
    const { name, permit, member, title, notes } = given;
    const texts = { name: text(name), permit: text(permit), member: text(member) };
    const saved = given.saved && Number.isInteger(given.saved.id) ? given.saved : null;
    this.store.update({ ...texts, title: text(title), notes: text(notes), saved, letter, others });
  }
}
