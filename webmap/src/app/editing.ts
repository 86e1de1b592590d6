import type { Layer } from "../api/types";
import { keepFocus } from "../state/focus";
import type { EditTab, SheetHeight } from "../state/state";
import { unsavedLayers } from "../state/unsaved";
import type { AppPort, Desks, EditingPort, EditKeys, OpenEditor } from "./port";

/** Opens and closes the editor, and offers to take up work that was left unsaved. */
export class Editing implements EditingPort {
  editor: OpenEditor | null = null;
  keys: EditKeys | null = null;
  private coming: Promise<void> | null = null;
  /** The notices that offer to take up work, by layer. */
  private readonly offers = new Map<string, number>();

  constructor(
    private readonly app: AppPort,
    private readonly fetchEditor: Desks["openEditor"],
  ) {}

  async open(slug: string, id: number | null = null, tab: EditTab = "values"): Promise<void> {
    const layer = this.app.layers.get(slug);
    if (!layer) return;
    this.withdrawOffer(slug);
    if (this.editor?.slug !== slug) this.editor?.leave();
    if (!this.editor) {
      this.coming ??= this.fetch(layer).finally(() => {
        this.coming = null;
      });
      await this.coming;
    }
    // It stays where it is while somebody decides about unsaved work.
    if (id === null || this.editor?.slug !== slug) return;
    this.editor.focusing = true;
    await this.editor.open(id, tab);
  }

  /** The sheet stays until the editor is here: on a slow line nothing would be left to look at. */
  private async fetch(layer: Layer): Promise<void> {
    try {
      const { editor, keys } = await this.fetchEditor(this.app, layer);
      this.editor = editor;
      this.keys = keys;
      this.app.sheet.close();
      this.app.photos.stopCompare();
      this.app.measure.stop();
      this.app.layers.turnOn(layer.slug);
      await editor.start();
    } catch {
      this.app.notices.add("error", this.app.t("edit.unavailable"));
    }
  }

  left(): void {
    this.editor = null;
    this.keys = null;
    this.app.store.update({ editing: null });
    keepFocus();
  }

  setSheet(sheetHeight: SheetHeight): void {
    this.app.store.update({ sheetHeight });
  }

  readsHistory({ owner }: Layer): boolean {
    return owner !== null && this.app.config.memberships.some(({ member }) => member.slug === owner.slug);
  }

  // --- unsaved work ------------------------------------------------------------------------------------------------

  /** Somebody left before saving: their work is here to be taken up. */
  offerUnsaved(): void {
    for (const slug of unsavedLayers(this.app.config.user?.id ?? null)) this.offer(slug);
  }

  private offer(slug: string): void {
    const layer = this.app.layers.get(slug);
    if (!layer?.can_edit || this.editor) return;
    const act = (): void => void this.open(slug);
    const action = { label: this.app.t("edit.resume"), act };
    this.offers.set(slug, this.app.notices.add("warning", this.app.t("edit.kept", { name: layer.title }), action));
  }

  /** What was offered is taken up. */
  private withdrawOffer(slug: string): void {
    const offer = this.offers.get(slug);
    if (offer !== undefined) this.app.notices.dismiss(offer);
    this.offers.delete(slug);
  }
}
