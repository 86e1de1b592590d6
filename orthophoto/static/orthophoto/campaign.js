// A campaign, live: while something goes on, ask every two seconds; take the parts of the page that have changed.
import { sameOrNever } from "../gis_core/session.js";
import { List } from "./list.js";
import { Plan } from "./plan.js";
import { json, Sheets } from "./sheets.js";

const STEP_MS = 2000;
const page = JSON.parse(document.querySelector("#campaign").textContent);
const area = document.querySelector("[data-sheets]");
const sheets = new Sheets(`${page.api}sheets/`, page.states);
const figures = figuresIn(document.documentElement.lang, page.words);

new Plan(area.querySelector(".plan"), area.querySelector("[data-hover]"), sheets);
new List(area.querySelector(".grid"), sheets, figures);
sheets.on(["rows", "states"], count);
sheets.on(["chosen", "states"], describe);
area.querySelector(".chips").addEventListener("change", (event) => sheets.show(event.target.value));

/** The figures of the chips; a state that no sheet is in has none. */
function count() {
  const counts = sheets.counts();
  area.hidden = sheets.rows.length === 0;
  for (const shown of area.querySelectorAll("[data-count]")) {
    const name = shown.dataset.count;
    shown.textContent = figures.number(counts[name] ?? 0);
    shown.closest("label").hidden = name !== "" && !counts[name] && sheets.filter !== name;
  }
}

/** Everything known of the chosen sheet, beside the plan. */
function describe() {
  const sheet = sheets.rows[sheets.chosen];
  if (!sheet) return;
  const size = sheet.width ? `${figures.number(sheet.width)} × ${figures.number(sheet.height)} px` : "";
  const facts = [sheet.state_label, size, figures.bytes(sheet.size_bytes), figures.seconds(sheet.seconds)];
  const lines = [
    line("strong", sheet.name),
    line("span", facts.filter(Boolean).join(" · ")),
    line("span", sheet.message, "why"),
    line("code", sheet.file),
    line("span", sheet.outline ? "" : page.words.nowhere, "hint"),
  ].filter(({ textContent }) => textContent);
  const card = area.querySelector("[data-card]");
  if (card.textContent !== lines.map(({ textContent }) => textContent).join("")) card.replaceChildren(...lines);
}

function line(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function figuresIn(language, words) {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return {
    number: (value) => whole.format(value),
    bytes: (value) => (value ? `${tenth.format(value / 1e6)}\u202f${words.megabytes}` : ""),
    seconds: (value) => (value === null || value === undefined ? "" : `${tenth.format(value)}\u202fs`),
  };
}

/** What the parts of the page that the server writes depend on. */
const signature = ({ state, build, published_build, actions, findings, counts, message }) =>
  JSON.stringify([state, build, published_build, actions, findings, counts.refused, counts.failed, message]);

let seen = signature(page.campaign);

/** Look once; answers whether to look again. */
async function look() {
  const campaign = await json(page.api);
  const changed = seen !== signature(campaign);
  seen = signature(campaign);
  if (changed) await renew();
  else tell(campaign);
  await sheets.take(campaign.sheet_states);
  return campaign.goes_on;
}

function tell({ told, progress }) {
  const words = document.querySelector("[data-told]");
  if (words.textContent !== told) words.textContent = told;
  const bar = document.querySelector("[data-part=standing] progress");
  if (progress === null) bar?.removeAttribute("value");
  else if (bar) bar.value = progress;
}

/** Take the parts of the page anew from the server; the focus stays where it was, or goes to the state. */
async function renew() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw Object.assign(new Error("page"), { status: answer.status });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement;
  const inside = focused?.closest("[data-part]");
  for (const part of document.querySelectorAll("[data-part]"))
    part.replaceWith(fresh.querySelector(`[data-part=${part.dataset.part}]`));
  if (!inside) return;
  const same = focused.dataset.action && document.querySelector(`[data-action=${focused.dataset.action}]`);
  (same || document.querySelector("#state")).focus();
}

const lost = document.querySelector("[data-lost]");

/** Ask on until nothing goes on any more; a server that does not answer may come back. */
async function watch() {
  let goesOn = page.campaign.goes_on;
  while (goesOn) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    if (document.hidden) continue;
    try {
      goesOn = await look();
      lost.hidden = true;
    } catch (error) {
      if (error.status === 401 && (await sameOrNever())) continue;
      if (error.status >= 400 && error.status < 500) return location.reload();
      lost.hidden = false;
    }
  }
  return undefined;
}

// Somebody else may have given orders meanwhile.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !page.campaign.goes_on) look().catch(() => undefined);
});

await Promise.all([sheets.load().catch(() => undefined), watch()]);
