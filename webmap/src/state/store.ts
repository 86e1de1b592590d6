/** One plain object, replaced at each change; listeners run once per microtask however many changes it holds. */
export class Store<T extends object> {
  private readonly listeners = new Set<(state: T, previous: T) => void>();
  private notified: T;
  private pending = false;

  constructor(private current: T) {
    this.notified = current;
  }

  get state(): T {
    return this.current;
  }

  update(patch: Partial<T>): void {
    this.current = { ...this.current, ...patch };
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => this.notify());
  }

  /** Calls `listener` after changes; returns the way to stop. */
  subscribe(listener: (state: T, previous: T) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private notify(): void {
    this.pending = false;
    const previous = this.notified;
    this.notified = this.current;
    for (const listener of this.listeners) listener(this.current, previous);
  }
}
