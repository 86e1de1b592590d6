import { type ApiError, isAbort } from "../api/client";

/** What is known of a question: the last answer stays while another is asked for. */
export interface Answer<T> {
  readonly value: T | null;
  readonly asking: boolean;
  readonly error: ApiError | null;
}

export const NO_ANSWER = { value: null, asking: false, error: null } as const;

const BUSY = 429;
const BUSY_MS = 700;
const MOST_TRIES = 4;

/** One question at a time: a person has few places for what costs. */
export class Lane {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const mine = this.last.then(async () => {
      for (let tries = 1; ; tries++) {
        if (signal.aborted) throw new DOMException("", "AbortError");
        try {
          return await ask();
        } catch (error) {
          if (tries === MOST_TRIES || (error as ApiError).status !== BUSY) throw error;
          await new Promise((resolve) => window.setTimeout(resolve, BUSY_MS));
        }
      }
    });
    this.last = mine.catch(() => {});
    return mine;
  }
}

/** A question that is asked again as what it is about changes: after a pause, and the former request is given up. */
export class Question<T> {
  answer: Answer<T> = NO_ANSWER;
  private asked = "";
  private timer = 0;
  private control: AbortController | null = null;

  constructor(
    private readonly lane: Lane,
    private readonly pause: number,
    private readonly told: () => void,
  ) {}

  /** Asks, unless the same was asked already, whatever came of it: it may be called whenever something is drawn. */
  ask(about: unknown, send: (signal: AbortSignal) => Promise<T>): void {
    const key = JSON.stringify(about);
    if (key === this.asked) return;
    this.asked = key;
    window.clearTimeout(this.timer);
    this.control?.abort();
    const control = new AbortController();
    this.control = control;
    this.tell({ ...this.answer, asking: true });
    this.timer = window.setTimeout(() => void this.send(send, control.signal), this.pause);
  }

  private async send(send: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<void> {
    try {
      const value = await this.lane.run(() => send(signal), signal);
      if (!signal.aborted) this.tell({ value, asking: false, error: null });
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.tell({ value: null, asking: false, error: error as ApiError });
    }
  }

  /** The next time it is asked though the same was asked already; what is known stays until then. */
  again(): void {
    this.asked = "";
  }

  /** The next time it is asked again if it failed. */
  retry(): void {
    if (this.answer.error) this.again();
  }

  /** Nothing is asked any more, and nothing known. */
  forget(): void {
    window.clearTimeout(this.timer);
    this.control?.abort();
    this.asked = "";
    if (this.answer !== NO_ANSWER) this.tell(NO_ANSWER);
  }

  private tell(answer: Answer<T>): void {
    this.answer = answer;
    this.told();
  }
}
