import { csrfToken } from "../api/client";
import type { WaterWords } from "../i18n/water";
import { type WaterDesk, waterDesk } from "../water/desk";
import { ArpentElement } from "./element";

/** Base of the tabs of the water desk: drawn again when it changes; its result takes the focus once. */
export abstract class WaterElement extends ArpentElement {
  private stopWatching: (() => void) | null = null;

  protected get desk(): WaterDesk {
    return waterDesk(this.app);
  }

  protected get words(): WaterWords {
    return this.desk.words;
  }

  protected get token(): string {
    return csrfToken();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopWatching = this.desk.store.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
  }

  /** The line that is looked at on the map, or the first line of what was found. */
  protected override updated(): void {
    if (!this.desk.focusing || this.desk.state.asking) return;
    this.desk.focusing = false;
    const { current } = this.desk.state;
    const row = current ? this.querySelector<HTMLElement>(`[data-mark="${current}"] .water-place`) : null;
    row?.closest("details")?.setAttribute("open", "");
    const target = row ?? this.querySelector<HTMLElement>("[data-first]");
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: "nearest" });
  }
}
