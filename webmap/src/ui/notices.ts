import { html, nothing, type TemplateResult } from "lit";
import type { AppState, Notice } from "../state/state";
import { ArpentElement } from "./element";

/** Short messages, at the foot of the map; warnings stay until they are dismissed. */
export class Notices extends ArpentElement {
  protected override concerns(state: AppState, previous: AppState): boolean {
    return state.notices !== previous.notices;
  }

  protected override render(): TemplateResult {
    return html`<div class="notices" role="status" aria-live="polite">${this.state.notices.map(
      (notice) => html`<div class="notice" data-tone=${notice.tone}>
        <arp-icon name=${notice.tone === "info" ? "check" : "alert"}></arp-icon><span>${notice.text}</span>
        ${notice.action ? html`<button class="button button-small" @click=${() => this.act(notice)}>${notice.action.label}</button>` : nothing}
        <button class="icon-button" aria-label=${this.t("notice.dismiss")} @click=${() => this.app.notices.dismiss(notice.id)}><arp-icon name="close"></arp-icon></button>
      </div>`,
    )}</div>`;
  }

  private act({ id, action }: Notice): void {
    this.app.notices.dismiss(id);
    action?.act();
  }
}

customElements.define("arp-notices", Notices);
