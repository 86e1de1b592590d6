import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import type { Layer } from "../api/types";
import { type Attachment, EditClient } from "../edit/client";
import { formatDate } from "../format/format";
import { type EditWords, editWords } from "../i18n/edit";
import { ArpentElement } from "./element";
import { emptiness, failure, skeleton } from "./states";
import "../styles/attachments.css";
import "./edit-icons";

/** The photos attached to a feature: seen on its sheet, added and removed while it is edited, at once. */
export class Attachments extends ArpentElement {
  @property({ attribute: false }) layer!: Layer;
  @property({ attribute: false }) feature = 0;
  @property({ attribute: false }) editable = false;
  @state() private photos: Attachment[] | null = null;
  @state() private error: ApiError | null = null;
  @state() private sending = false;
  /** The photo that was asked to be removed: it takes a second word. */
  @state() private doubted: number | null = null;
  private asked = "";

  private get words(): EditWords {
    return editWords(this.state.language);
  }

  private get client(): EditClient {
    return new EditClient(this.app.api, this.app.config.urls.api, this.layer);
  }

  protected override render(): TemplateResult | typeof nothing {
    this.ask();
    if (!this.editable) return this.seen();
    if (this.error) return failure(this.t, this.error, () => void this.load());
    if (!this.photos) return skeleton(this.t, 3);
    const none = emptiness(this.words("photos.none"), this.words("photos.noneAdvice"));
    return html`${this.photos.length ? this.list(this.photos) : none}${this.adding()}`;
  }

  /** On a sheet that is only read, photos stand where there are some; nothing is said of their absence. */
  private seen(): TemplateResult | typeof nothing {
    if (!this.photos?.length) return nothing;
    return html`<section class="attachments-seen"><h3>${this.words("tab.photos")}</h3>${this.list(this.photos)}</section>`;
  }

  private ask(): void {
    const about = `${this.layer.slug} ${this.feature}`;
    if (about === this.asked) return;
    this.asked = about;
    this.photos = null;
    void this.load();
  }

  private async load(): Promise<void> {
    const { asked } = this;
    this.error = null;
    try {
      const photos = await this.client.attachments(this.feature);
      if (this.asked === asked) this.photos = photos;
    } catch (error) {
      this.error = error as ApiError;
    }
  }

  private list(photos: readonly Attachment[]): TemplateResult {
    return html`<ul class="attachments">${photos.map((photo, i) => this.photo(photo, i + 1))}</ul>`;
  }

  private photo(photo: Attachment, number: number): TemplateResult {
    const taken = photo.taken_at && this.words("photos.at", { at: formatDate(photo.taken_at, this.state.language) });
    const caption = taken || photo.title;
    return html`<li><a href=${photo.url} target="_blank" rel="noopener"><img src=${photo.thumbnail} alt=${caption || this.words("photos.open", { number })} loading="lazy" /></a>
      <p class="small">${caption}</p>${this.editable ? this.removing(photo, number) : nothing}</li>`;
  }

  private removing(photo: Attachment, number: number): TemplateResult {
    const doubt = (id: number | null) => (): void => {
      this.doubted = id;
    };
    if (this.doubted !== photo.id) {
      return html`<button class="button button-small" @click=${doubt(photo.id)} aria-label=${this.words("photos.remove", { number })}><arp-icon name="remove"></arp-icon>${this.words("sheet.remove")}</button>`;
    }
    return html`<p class="small" role="alert">${this.words("photos.removeSure")}</p><div class="button-row">
      <button class="button button-small button-danger" @click=${() => void this.detach(photo.id)}>${this.words("sheet.remove")}</button>
      <button class="button button-small" @click=${doubt(null)}>${this.words("sheet.keep")}</button></div>`;
  }

  private adding(): TemplateResult {
    const chosen = (event: Event): void => void this.send(event.target as HTMLInputElement);
    return html`<label class="button file-button" ?data-busy=${this.sending}><arp-icon name=${this.sending ? "loader" : "camera"} class=${this.sending ? "spin" : ""}></arp-icon>
      <span>${this.words(this.sending ? "photos.sending" : "photos.add")}</span>
      <input type="file" accept="image/jpeg,image/png,image/webp" multiple ?disabled=${this.sending} @change=${chosen} /></label>`;
  }

  private async send(input: HTMLInputElement): Promise<void> {
    this.sending = true;
    try {
      for (const file of [...(input.files ?? [])]) await this.client.attach(this.feature, file);
    } catch (error) {
      this.told(error as ApiError);
    }
    input.value = "";
    this.sending = false;
    await this.load();
  }

  private async detach(attachment: number): Promise<void> {
    this.doubted = null;
    await this.client.detach(this.feature, attachment).catch((error: ApiError) => this.told(error));
    await this.load();
  }

  private told(error: ApiError): void {
    const offline = `${this.t("error.offlineTitle")}. ${this.t("error.offlineDetail")}`;
    this.app.notices.add("error", error.offline ? offline : error.detail || error.title || this.t("error.title"));
  }
}

customElements.define("arp-attachments", Attachments);
