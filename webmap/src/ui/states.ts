import { html, nothing, type TemplateResult } from "lit";
import type { ApiError } from "../api/client";
import { RECONNECT } from "../api/session";
import type { Translate } from "../i18n/first-view";

/** Grey lines in the place of what is coming. */
export function skeleton(t: Translate, rows: number): TemplateResult {
  const lines = Array.from({ length: rows }, () => html`<div class="skeleton-row"><i></i><b></b></div>`);
  return html`<div class="skeleton" role="status"><span class="sr-only">${t("state.loading")}</span>${lines}</div>`;
}

/** What happened, in the server's words when it gave some, and the way to try again. */
export function failure(t: Translate, error: ApiError, retry: () => void): TemplateResult {
  const ended = error.status === 401;
  const title = error.offline ? t("error.offlineTitle") : ended ? t("session.ended") : error.title || t("error.title");
  const detail = error.offline ? t("error.offlineDetail") : ended ? "" : error.detail;
  const again = (): void => {
    if (ended) document.dispatchEvent(new Event(RECONNECT));
    retry();
  };
  return html`<div class="message message-error" role="alert">
    <arp-icon name=${error.offline ? "offline" : "alert"}></arp-icon>
    <div>
      <strong>${title}</strong>
      ${detail && detail !== title ? html`<p>${detail}</p>` : nothing}
      <button class="button" @click=${again}><arp-icon name=${ended ? "signIn" : "retry"}></arp-icon>${t(ended ? "session.signIn" : "error.retry")}</button>
    </div>
  </div>`;
}

export function emptiness(title: string, advice: string): TemplateResult {
  return html`<div class="message"><arp-icon name="info"></arp-icon><div><strong>${title}</strong><p>${advice}</p></div></div>`;
}
