/** What fingers, a mouse and its wheel do over the picture; lengths in pixels. */
export interface Gestures {
  /** Turned by a drag. */
  turn(dx: number, dy: number): void;
  /** Moved by a drag with two fingers, with Shift or another button. */
  pan(dx: number, dy: number): void;
  /** A factor below one: closer. */
  zoom(factor: number): void;
  /** Pressed and let go at one place. */
  tap(x: number, y: number): void;
}

interface Finger {
  readonly x: number;
  readonly y: number;
}

const STILL_PX = 6;
const WHEEL = 0.0015;

/** Listens on the picture; returns what ends it. */
export function listen(target: HTMLElement, gestures: Gestures): () => void {
  const fingers = new Map<number, Finger>();
  let [gone, panning] = [0, false];
  const at = (event: PointerEvent): Finger => ({ x: event.clientX, y: event.clientY });
  const down = (event: PointerEvent): void => {
    target.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    if (fingers.size === 1) gone = 0;
    else gone = Infinity;
    panning = event.shiftKey || event.button > 0;
  };
  const move = (event: PointerEvent): void => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    gone += Math.hypot(dx, dy);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (other) {
      const apart = (one: Finger): number => Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
      gestures.zoom(apart(before) / apart(now));
      gestures.pan(dx / 2, dy / 2);
    } else if (gone > STILL_PX) (panning ? gestures.pan : gestures.turn)(dx, dy);
  };
  const up = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId) || event.type !== "pointerup" || gone > STILL_PX || event.button > 0) return;
    const box = target.getBoundingClientRect();
    gestures.tap(event.clientX - box.left, event.clientY - box.top);
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    gestures.zoom(Math.exp(Math.max(-300, Math.min(300, event.deltaY)) * WHEEL));
  };
  const menu = (event: Event): void => event.preventDefault();
  const control = new AbortController();
  const { signal } = control;
  target.addEventListener("pointerdown", down, { signal });
  target.addEventListener("pointermove", move, { signal });
  target.addEventListener("pointerup", up, { signal });
  target.addEventListener("pointercancel", up, { signal });
  target.addEventListener("contextmenu", menu, { signal });
  target.addEventListener("wheel", wheel, { signal, passive: false });
  return () => control.abort();
}
