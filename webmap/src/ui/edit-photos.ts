import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { ApiError } from "../api/client";
import type { Attachment } from "../edit/client";
import type { Editor } from "../edit/editor";
import { activeDraft, type EditState } from "../edit/state";
import { formatDate } from "../format/format";
import { EditElement } from "./edit-element";
import { emptiness, failure, skeleton } from "./states";

/** The photos attached to a feature: they are written at once, not with the other changes. */
export class EditPhotos extends EditElement {
  @state() private photos: Attachment[] | null = null;
  @state() private error: ApiError | null = null;
  @state() private sending = false;
  /** The photo that was asked to be removed: it takes a second word. */
  @state() private doubted: number | null = null;
  private asked: number | null = null;

  protected override drawn(editor: Editor, edit: EditState): TemplateResult {
    const base = activeDraft(edit)?.base;
    if (!base) return emptiness(this.words("photos.none"), this.words("photos.afterSave"));
    if (this.asked !== base.id) {
      this.asked = base.id;
      this.photos = null;
      void this.load(editor, base.id);
    }
    if (this.error) return failure(this.t, this.error, () => void this.load(editor, base.id));
    if (!this.photos) return skeleton(this.t, 3);
    return html`${this.photos.length ? html`<ul class="attachments">${this.photos.map((photo, i) => this.photo(editor, base.id, photo, i + 1))}</ul>` : emptiness(this.words("photos.none"), this.words("photos.noneAdvice"))}
      ${editor.readOnly ? nothing : this.adding(editor, base.id)}`;
  }

  private async load(editor: Editor, id: number): Promise<void> {
    this.error = null;
    try {
      const photos = await editor.client.attachments(id);
      if (this.asked === id) this.photos = photos;
    } catch (error) {
      this.error = error as ApiError;
    }
  }

  private photo(editor: Editor, id: number, photo: Attachment, number: number): TemplateResult {
    const caption = photo.taken_at
      ? this.words("photos.at", { at: formatDate(photo.taken_at, this.state.language) })
      : photo.title;
    const doubted = this.doubted === photo.id;
    return html`<li><a href=${photo.url} target="_blank" rel="noopener"><img src=${photo.thumbnail || photo.url} alt=${caption || this.words("photos.open", { number })} loading="lazy" /></a>
      <p class="small">${caption}</p>
      ${
        editor.readOnly
          ? nothing
          : doubted
            ? html`<p class="small" role="alert">${this.words("photos.removeSure")}</p><div class="button-row">
          <button class="button button-small button-danger" @click=${() => void this.detach(editor, id, photo.id)}>${this.words("sheet.remove")}</button>
          <button class="button button-small" @click=${() => {
            this.doubted = null;
          }}>${this.words("sheet.keep")}</button></div>`
            : html`<button class="button button-small" @click=${() => {
                this.doubted = photo.id;
              }} aria-label=${this.words("photos.remove", { number })}><arp-icon name="remove"></arp-icon>${this.words("sheet.remove")}</button>`
      }</li>`;
  }

  private adding(editor: Editor, id: number): TemplateResult {
    return html`<label class="button file-button" ?data-busy=${this.sending}><arp-icon name=${this.sending ? "loader" : "camera"} class=${this.sending ? "spin" : ""}></arp-icon>
      <span>${this.words(this.sending ? "photos.sending" : "photos.add")}</span>
      <input type="file" accept="image/jpeg,image/png,image/webp,image/heic,image/heif" multiple ?disabled=${this.sending} @change=${(event: Event) => void this.send(editor, id, event.target as HTMLInputElement)} /></label>`;
  }

  private async send(editor: Editor, id: number, input: HTMLInputElement): Promise<void> {
    this.sending = true;
    try {
      for (const file of [...(input.files ?? [])]) await editor.client.attach(id, file);
    } catch (error) {
      editor.failed(error);
    }
    input.value = "";
    this.sending = false;
    await this.load(editor, id);
  }

  private async detach(editor: Editor, id: number, attachment: number): Promise<void> {
    this.doubted = null;
    await editor.client.detach(id, attachment).catch((error: unknown) => editor.failed(error));
    await this.load(editor, id);
  }
}

customElements.define("arp-edit-photos", EditPhotos);
