import { html, nothing, type TemplateResult } from "lit";
import type { ApiError } from "../api/client";
import type { Translate } from "../i18n";

/** Grey lines in the place of what is coming. */
export function skeleton(t: Translate, rows: number): TemplateResult {
  const lines = Array.from({ length: rows }, () => html`<div class="skeleton-row"><i></i><b></b></div>`);
  return html`<div class="skeleton" role="status"><span class="sr-only">${t("state.loading")}</span>${lines}</div>`;
}

/** What happened, in the server's words when it gave some, and the way to try again. */
export function failure(t: Translate, error: ApiError, retry: () => void): TemplateResult {
  const title = error.offline ? t("error.offlineTitle") : error.title || t("error.title");
  const detail = error.offline ? t("error.offlineDetail") : error.detail;
  return html`<div class="message message-error" role="alert">
    <arp-icon name=${error.offline ? "offline" : "alert"}></arp-icon>
    <div>
      <strong>${title}</strong>
      ${detail && detail !== title ? html`<p>${detail}</p>` : nothing}
      <button class="button" @click=${retry}><arp-icon name="retry"></arp-icon>${t("error.retry")}</button>
    </div>
  </div>`;
}

export function emptiness(title: string, advice: string): TemplateResult {
  return html`<div class="message"><arp-icon name="info"></arp-icon><div><strong>${title}</strong><p>${advice}</p></div></div>`;
}
