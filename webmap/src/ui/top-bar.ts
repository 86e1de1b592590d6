import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { csrfToken } from "../api/client";
import { signInUrl } from "../api/urls";
import { THEMES } from "../state/state";
import { ArpentElement } from "./element";
import type { IconName } from "./icon";
import "./search";

const LANGUAGES = [
  ["fr", "Français"],
  ["en", "English"],
] as const;

/** What stands beside a link of the bar, by its name. */
const ICONS: Readonly<Record<string, IconName>> = {
  permits: "permits",
  permit_register: "permits",
  public_works: "road",
  networks: "water",
  roads: "road",
  members: "people",
  layer_list: "layers",
  imports: "upload",
  campaigns: "photos",
  "admin:index": "admin",
};

type Menu = "account" | "jobs" | null;

/** Name of the member, search, running jobs, account. */
export class TopBar extends ArpentElement {
  @state() private menu: Menu = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("keydown", this.onKey);
    addEventListener("pointerdown", this.onOutside);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.onKey);
    removeEventListener("pointerdown", this.onOutside);
  }

  protected override render(): TemplateResult {
    const { member } = this.app.config;
    return html`<header class="top-bar">
      <div class="brand"><h1 class="brand-name">Arpent</h1>${member ? html`<span class="brand-member">${member.name}</span>` : nothing}</div>
      <arp-search .app=${this.app}></arp-search>
      <div class="top-actions">${this.jobs()}
        <button class="bar-button wide-only" @click=${() => this.app.copyLink()}><arp-icon name="link"></arp-icon><span>${this.t("link.copy")}</span></button>
        ${this.account()}
      </div>
    </header>`;
  }

  private jobs(): TemplateResult | typeof nothing {
    const { jobs } = this.state;
    if (!jobs.length) return nothing;
    const label = jobs.length === 1 ? this.t("jobs.one") : this.t("jobs.many", { count: jobs.length });
    return html`<div class="menu-anchor">
      <button class="bar-button" aria-expanded=${this.menu === "jobs"} aria-controls="jobs-menu" @click=${() => this.toggle("jobs")}>
        <arp-icon name="loader" class="spin"></arp-icon><span>${label}</span>
      </button>
      <div class="menu" id="jobs-menu" ?hidden=${this.menu !== "jobs"}>
        <ul class="job-list">${jobs.map(
          (job) => html`<li><strong>${job.title}</strong>
            <progress max="1" .value=${job.progress ?? 0} aria-label=${job.title}></progress>
            <span>${job.message || this.t(job.state === "waiting" ? "jobs.waiting" : "jobs.running")}</span></li>`,
        )}</ul>
      </div>
    </div>`;
  }

  private account(): TemplateResult {
    const { user } = this.app.config;
    const name = user ? user.name || user.username : this.t("account.settings");
    return html`${user ? nothing : this.signInLink("bar-button wide-only")}
      <div class="menu-anchor">
        <button class="bar-button" aria-expanded=${this.menu === "account"} aria-controls="account-menu" @click=${() => this.toggle("account")}>
          <arp-icon name=${user ? "account" : "sliders"}></arp-icon><span>${name}</span>
        </button>
        <div class="menu" id="account-menu" ?hidden=${this.menu !== "account"}>
          ${this.memberships()}${this.choices()}${this.links()}
        </div>
      </div>`;
  }

  private signInLink(classes: string): TemplateResult {
    const target = signInUrl(this.app.config.urls.sign_in, "/");
    const go = (event: Event): void => {
      const link = event.currentTarget as HTMLAnchorElement;
      link.href = this.app.signInAddress();
    };
    return html`<a class=${classes} href=${target} @click=${go}><arp-icon name="signIn"></arp-icon><span>${this.t("account.signIn")}</span></a>`;
  }

  private memberships(): TemplateResult | typeof nothing {
    const { memberships } = this.app.config;
    if (!memberships.length) return nothing;
    return html`<ul class="membership-list">${memberships.map(
      ({ member, role_label }) => html`<li><strong>${member.name}</strong><span>${role_label}</span></li>`,
    )}</ul>`;
  }

  private choices(): TemplateResult {
    const { theme, language } = this.state;
    return html`<fieldset class="segments"><legend>${this.t("theme.label")}</legend>
        ${THEMES.map(
          (choice) =>
            html`<label><input type="radio" name="theme" .checked=${theme === choice} @change=${() => this.app.screen.setTheme(choice)} /><span>${this.t(`theme.${choice}`)}</span></label>`,
        )}
      </fieldset>
      <fieldset class="segments"><legend>${this.t("language.label")}</legend>
        ${LANGUAGES.map(
          ([code, name]) =>
            html`<label lang=${code}><input type="radio" name="language" .checked=${language === code} @change=${() => this.app.screen.setLanguage(code)} /><span>${name}</span></label>`,
        )}
      </fieldset>`;
  }

  private links(): TemplateResult {
    const { user, urls, bar } = this.app.config;
    const { language } = this.state;
    return html`<div class="menu-links">
      <button class="menu-link phone-only" @click=${() => this.copy()}><arp-icon name="link"></arp-icon>${this.t("link.copy")}</button>
      ${user ? this.link(urls.account, "account", this.t("account.account")) : nothing}
      ${bar.map(({ name, url, labels }) => this.link(url, ICONS[name] ?? "list", labels[language] ?? name))}
      ${this.link(urls.help, "help", this.t("desk.help"))}
      ${user ? this.signOut(urls.sign_out) : this.signInLink("menu-link phone-only")}
    </div>`;
  }

  private link(url: string, icon: IconName, label: string): TemplateResult {
    return html`<a class="menu-link" href=${url}><arp-icon name=${icon}></arp-icon>${label}</a>`;
  }

  private signOut(action: string): TemplateResult {
    return html`<form method="post" action=${action} data-anybody @submit=${this.addToken}>
      <input type="hidden" name="csrfmiddlewaretoken" />
      <button class="menu-link"><arp-icon name="signOut"></arp-icon>${this.t("account.signOut")}</button>
    </form>`;
  }

  private addToken(event: Event): void {
    const input = (event.currentTarget as HTMLFormElement).elements.namedItem("csrfmiddlewaretoken");
    if (input instanceof HTMLInputElement) input.value = csrfToken();
  }

  private copy(): void {
    this.menu = null;
    void this.app.copyLink();
  }

  private toggle(menu: Menu): void {
    this.menu = this.menu === menu ? null : menu;
  }

  private onOutside = (event: Event): void => {
    if (this.menu && !(event.target as HTMLElement).closest?.(".menu-anchor")) this.menu = null;
  };

  private onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.menu) return;
    event.preventDefault();
    this.querySelector<HTMLElement>(`[aria-controls="${this.menu}-menu"]`)?.focus();
    this.menu = null;
  };
}

customElements.define("arp-top-bar", TopBar);
