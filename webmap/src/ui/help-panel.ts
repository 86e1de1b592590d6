import { html, type TemplateResult } from "lit";
import type { Key } from "../i18n";
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
  [["P", "Maj P"], "help.photo"],
  [["C"], "help.compare"],
  [["V"], "help.compareMode"],
  [["←", "→"], "help.divider"],
];

const QUESTIONS: [Key, Key][] = [
  ["help.findTitle", "help.findText"],
  ["help.readTitle", "help.readText"],
  ["help.listTitle", "help.listText"],
  ["help.photoTitle", "help.photoText"],
  ["help.shareTitle", "help.shareText"],
];

const KEY_NAMES: Record<string, string> = { Maj: "Shift", Entrée: "Enter", "Retour arr.": "Backspace" };

/** What one may do here, and the keys for it. */
export class HelpPanel extends ArpentElement {
  protected override render(): TemplateResult {
    return html`<section class="help-part">${QUESTIONS.map(
      ([title, text]) => html`<h3>${this.t(title)}</h3><p>${this.t(text)}</p>`,
    )}</section>
      <section class="help-part"><h3 id="shortcuts">${this.t("help.shortcuts")}</h3>
        <p class="muted small">${this.t("help.shortcutsNote")}</p>
        <dl class="shortcuts" aria-labelledby="shortcuts">${SHORTCUTS.map(
          ([keys, label]) =>
            html`<div><dt>${keys.map((key) => html`<kbd>${this.keyName(key)}</kbd>`)}</dt><dd>${this.t(label)}</dd></div>`,
        )}</dl></section>`;
  }

  private keyName(key: string): string {
    if (this.state.language === "fr") return key;
    return Object.entries(KEY_NAMES).reduce((name, [french, english]) => name.replace(french, english), key);
  }
}

customElements.define("arp-help-panel", HelpPanel);
