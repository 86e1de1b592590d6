import type { Session } from "./session";

/** Work that is not saved yet, kept in this browser for one person: it outlives a reload, not a sign-out. */
const DATABASE = "arpent-edit";
const STORE = "sessions";
const NOTE = "arpent.edit";

export interface Kept {
  readonly user: string;
  readonly session: Session;
  readonly savedAt: number;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Keeps the session of a layer; false where the browser refuses to (private browsing, full disk). */
export async function keep(user: string, session: Session): Promise<boolean> {
  try {
    const kept: Kept = { user, session, savedAt: Date.now() };
    await inStore("readwrite", (store) => store.put(kept, session.layer));
    localStorage.setItem(NOTE, JSON.stringify({ user, layer: session.layer }));
    return true;
  } catch {
    return false;
  }
}

/** What this person left unsaved in a layer. */
export async function kept(user: string, layer: string): Promise<Session | null> {
  try {
    const found = await inStore<Kept | undefined>("readonly", (store) => store.get(layer));
    return found?.user === user ? found.session : null;
  } catch {
    return null;
  }
}

/** The layers in which this person left work. */
export async function keptLayers(user: string): Promise<string[]> {
  try {
    const all = await inStore<Kept[]>("readonly", (store) => store.getAll());
    return all.filter((one) => one.user === user).map(({ session }) => session.layer);
  } catch {
    return [];
  }
}

export async function forget(layer: string): Promise<void> {
  try {
    await inStore("readwrite", (store) => store.delete(layer));
    if (!(await inStore("readonly", (store) => store.count()))) localStorage.removeItem(NOTE);
  } catch {
    // Nothing could be kept in the first place.
  }
}
