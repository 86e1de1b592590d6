import { noteKept, noteSaved } from "../state/unsaved";
import type { Drawing } from "./drawing";
import type { Session } from "./session";

/** Work that is not saved yet, kept in this browser for one person: nobody else sees it, nobody else erases it. */
const DATABASE = "arpent-edit";
const VERSION = 2;
const STORE = "work";

export interface Work {
  readonly session: Session;
  /** What was being drawn, and the feature that it is a part of, or cuts. */
  readonly drawing: Drawing | null;
  readonly active: string | null;
}

interface Kept extends Work {
  readonly savedAt: number;
}

/** One signs out and has one's work erased: nothing is kept from now on. */
let erased = false;
if (typeof document !== "undefined") {
  document.addEventListener("arpent:erase", () => {
    erased = true;
  });
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, VERSION);
    asked.onupgradeneeded = () => {
      for (const name of asked.result.objectStoreNames) asked.result.deleteObjectStore(name);
      asked.result.createObjectStore(STORE);
    };
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

/** Keeps this person's work in a layer; false where the browser refuses to (private browsing, full disk). */
export async function keep(user: string, title: string, work: Work): Promise<boolean> {
  if (erased) return false;
  const { layer } = work.session;
  try {
    const kept: Kept = { ...work, savedAt: Date.now() };
    await inStore("readwrite", (store) => store.put(kept, [user, layer]));
    noteKept({ user, layer, title });
    return true;
  } catch {
    return false;
  }
}

/** What this person left unsaved in a layer. */
export async function kept(user: string, layer: string): Promise<Work | null> {
  try {
    const found = await inStore<Kept | undefined>("readonly", (store) => store.get([user, layer]));
    return found ?? null;
  } catch {
    return null;
  }
}

/** It is saved, or given up. */
export async function forget(user: string, layer: string): Promise<void> {
  try {
    await inStore("readwrite", (store) => store.delete([user, layer]));
    noteSaved(user, layer);
  } catch {
    // Nothing could be kept in the first place.
  }
}
