/** Notes that unsaved work lies in this browser, and whose; what it is lies in IndexedDB, which only the editor opens. */
const NOTE = "arpent.edit";

export interface Note {
  /** The person (Config.user.id). */
  readonly user: string;
  readonly layer: string;
  /** The layer's name, for whoever signs out. */
  readonly title: string;
}

function notes(): Note[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(NOTE) ?? "[]");
    return Array.isArray(found) ? (found as Note[]) : [];
  } catch {
    return [];
  }
}

function write(all: readonly Note[]): void {
  if (all.length) localStorage.setItem(NOTE, JSON.stringify(all));
  else localStorage.removeItem(NOTE);
}

const others = (user: string, layer: string): Note[] =>
  notes().filter((note) => note.user !== user || note.layer !== layer);

export function noteKept(note: Note): void {
  write([...others(note.user, note.layer), note]);
}

export function noteSaved(user: string, layer: string): void {
  write(others(user, layer));
}

/** The layers in which this person left work unsaved; those of others are not looked at, and stay. */
export const unsavedLayers = (user: string | null): string[] =>
  notes()
    .filter((note) => note.user === user)
    .map(({ layer }) => layer);
