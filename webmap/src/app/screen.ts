import type { Language } from "../format/format";
import { keepFocus } from "../state/focus";
import * as memory from "../state/memory";
import type { PanelId, SheetHeight, ThemeChoice } from "../state/state";
import type { AppPort, ScreenPort } from "./port";

/** Panels, table and sheet, and what this person chose of the screen. */
export class Screen implements ScreenPort {
  constructor(
    private readonly app: AppPort,
    /** What the server writes in a language is asked for again. */
    private readonly reload: () => Promise<void>,
  ) {}

  openPanel(panel: PanelId | null): void {
    const { measure, store, state } = this.app;
    if (panel !== "measure" || state.panel !== "measure") measure.stop();
    if (panel === "measure" && !this.app.state.measure) measure.resume();
    store.update({ panel, sheetHeight: "half" });
    if (panel === null) this.app.sheet.comeBack();
    if (panel === null) keepFocus();
  }

  togglePanel(panel: PanelId): void {
    this.openPanel(this.app.state.panel === panel ? null : panel);
  }

  openTable(table: string | null): void {
    this.app.store.update({ table });
    if (table === null) keepFocus();
  }

  setSheetHeight(sheetHeight: SheetHeight): void {
    this.app.store.update({ sheetHeight });
    if (sheetHeight === "full") return;
    const { editor } = this.app.editing;
    if (editor) return editor.revealActive();
    const { sheet } = this.app.state;
    if (sheet?.status !== "ready") return;
    const { at, feature } = sheet;
    void this.app.view.reveal(at ? [at[0], at[1], at[0], at[1]] : feature.bbox_4326);
  }

  setTheme(theme: ThemeChoice): void {
    memory.keepTheme(theme);
    this.showTheme(theme);
  }

  /** As a link asks: not kept. */
  showTheme(theme: ThemeChoice): void {
    this.app.store.update({ theme, dark: memory.isDark(theme) });
  }

  async setLanguage(language: Language): Promise<void> {
    memory.keepLanguage(language);
    this.app.store.update({ language });
    await this.sendLanguage(language);
    await this.reload();
  }

  /** What the server writes, files too, comes in that language as well. */
  private async sendLanguage(language: Language): Promise<void> {
    const body = new FormData();
    body.set("language", language);
    await this.app.api.send(this.app.config.urls.language, { method: "POST", body }).catch(() => {});
  }

  toggleCoordinates(): void {
    const coordinates = this.app.state.coordinates === "lambert93" ? "wgs84" : "lambert93";
    memory.keepCoordinates(coordinates);
    this.app.store.update({ coordinates });
  }
}
