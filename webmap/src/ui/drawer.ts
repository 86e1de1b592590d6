import { html, type TemplateResult } from "lit";
import type { AppPort } from "../app/port";
import { SHEET_HEIGHTS } from "../state/state";

const STEP_PX = 60;

/** Handle of the phone's bottom sheet: drag it, or use its two buttons. Hidden on wide screens. */
export function drawerHandle(app: AppPort): TemplateResult {
  const { t, state } = app;
  const index = SHEET_HEIGHTS.indexOf(state.sheetHeight);
  const move = (step: number): void => {
    const height = SHEET_HEIGHTS[Math.max(0, Math.min(SHEET_HEIGHTS.length - 1, index + step))];
    if (height) app.screen.setSheetHeight(height);
  };
  return html`<div class="drawer-handle" @pointerdown=${(event: PointerEvent) => startDrag(event, move)}>
    <button class="icon-button" ?disabled=${index === 2} @click=${() => move(1)} aria-label=${t("drawer.taller")}>
      <arp-icon name="up"></arp-icon>
    </button>
    <span class="drawer-grip" aria-hidden="true"></span>
    <button class="icon-button" ?disabled=${index === 0} @click=${() => move(-1)} aria-label=${t("drawer.lower")}>
      <arp-icon name="down"></arp-icon>
    </button>
  </div>`;
}

function startDrag(event: PointerEvent, move: (step: number) => void): void {
  const handle = event.currentTarget as HTMLElement;
  const drawer = handle.parentElement;
  if (!drawer || (event.target as HTMLElement).closest("button")) return;
  handle.setPointerCapture(event.pointerId);
  const start = event.clientY;
  const height = drawer.offsetHeight;
  const drag = (moved: PointerEvent): void => drawer.style.setProperty("height", `${height + start - moved.clientY}px`);
  const end = (ended: PointerEvent): void => {
    handle.removeEventListener("pointermove", drag);
    drawer.style.removeProperty("height");
    const distance = start - ended.clientY;
    if (Math.abs(distance) > STEP_PX) move(Math.sign(distance) * (Math.abs(distance) > 5 * STEP_PX ? 2 : 1));
  };
  handle.addEventListener("pointermove", drag);
  handle.addEventListener("pointerup", end, { once: true });
  handle.addEventListener("pointercancel", end, { once: true });
}
