import { html, nothing, type TemplateResult } from "lit";
import { type EditKey, editWords } from "../i18n/edit";
import type { Key } from "../i18n/first-view";
import { ArpentElement } from "./element";

const SHORTCUTS: [string[], Key][] = [
  [["/", "Ctrl K"], "help.search"],
  [["?"], "help.help"],
  [["Esc"], "help.back"],
  [["←", "↑", "→", "↓"], "help.pan"],
  [["Maj ←"], "help.panFine"],
  [["+", "−"], "help.zoom"],
  [["Entrée"], "help.here"],
  [["Retour arr."], "help.undo"],
  [["S"], "help.choose"],
  [["P", "Maj P"], "help.photo"],
  [["C"], "help.compare"],
  [["V"], "help.compareMode"],
  [["←", "→"], "help.divider"],
];

const QUESTIONS: [Key, Key][] = [
  ["help.findTitle", "help.findText"],
  ["help.readTitle", "help.readText"],
  ["choose.title", "help.chooseText"],
  ["help.listTitle", "help.listText"],
  ["help.photoTitle", "help.photoText"],
  ["help.printTitle", "help.printText"],
  ["help.shareTitle", "help.shareText"],
];

const EDIT_SHORTCUTS: [string[], EditKey][] = [
  [["D", "F"], "help.draw"],
  [["V", "M", "G"], "help.tools"],
  [["S", "T"], "help.snap"],
  [["I"], "help.hold"],
  [["Ctrl Z", "Ctrl Y"], "help.undo"],
  [["Ctrl S"], "help.save"],
];

const KEY_NAMES: Record<string, string> = { Maj: "Shift", Entrée: "Enter", "Retour arr.": "Backspace" };

/** What one may do here, and the keys for it. */
export class HelpPanel extends ArpentElement {
  protected override render(): TemplateResult {
    return html`<a class="button" href=${this.app.config.urls.help}><arp-icon name="help"></arp-icon>${this.t("help.guides")}</a>
      <section class="help-part">${QUESTIONS.map(
        ([title, text]) => html`<h3>${this.t(title)}</h3><p>${this.t(text)}</p>`,
      )}</section>
      <section class="help-part"><h3 id="shortcuts">${this.t("help.shortcuts")}</h3>
        <p class="muted small">${this.t("help.shortcutsNote")}</p>
        <dl class="shortcuts" aria-labelledby="shortcuts">${SHORTCUTS.map(
          ([keys, label]) =>
            html`<div><dt>${keys.map((key) => html`<kbd>${this.keyName(key)}</kbd>`)}</dt><dd>${this.t(label)}</dd></div>`,
        )}</dl></section>
      ${this.editing()}`;
  }

  /** Only for those who may edit something. */
  private editing(): TemplateResult | typeof nothing {
    const { catalogue, language } = this.state;
    if (catalogue.status !== "ready" || !catalogue.value.some(({ can_edit }) => can_edit)) return nothing;
    const words = editWords(language);
    return html`<section class="help-part"><h3>${words("help.title")}</h3><p>${words("help.text")}</p>
      <h3 id="edit-shortcuts">${words("help.shortcuts")}</h3>
      <dl class="shortcuts" aria-labelledby="edit-shortcuts">${EDIT_SHORTCUTS.map(
        ([keys, label]) =>
          html`<div><dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${words(label)}</dd></div>`,
      )}</dl></section>`;
  }

  private keyName(key: string): string {
    if (this.state.language === "fr") return key;
    return Object.entries(KEY_NAMES).reduce((name, [french, english]) => name.replace(french, english), key);
  }
}

customElements.define("arp-help-panel", HelpPanel);
