/** The note that unsaved work lies in this browser; what it is lies in IndexedDB, which only the editor opens. */
const NOTE = "arpent.edit";
const DATABASE = "arpent-edit";

interface Note {
  user: string;
  layer: string;
}

function note(): Note | null {
  try {
    return JSON.parse(localStorage.getItem(NOTE) ?? "null") as Note | null;
  } catch {
    return null;
  }
}

/** Forgets all unsaved work of this browser: somebody signs out, or somebody else is here. */
export function wipeUnsaved(): void {
  try {
    localStorage.removeItem(NOTE);
    indexedDB.deleteDatabase(DATABASE);
  } catch {
    // Storage is refused: nothing was kept.
  }
}

/** The layer in which this person left work unsaved; what another left is wiped. */
export function unsavedLayer(user: string | null): string | null {
  const found = note();
  if (found && found.user === user) return found.layer;
  wipeUnsaved();
  return null;
}
