// The search box of the bar: that of the map, on every page. A result opens its page, or the map at it.
import { csrfToken } from "./session.js";

const DEBOUNCE_MS = 150;
const ZOOM = 17;
const form = document.querySelector("#arpent-search");
const input = form.querySelector("input");
const list = form.querySelector("[role=listbox]");
const none = form.querySelector(".find-none");
let status = null;
const texts = form.dataset;
let results = [];
let active = -1;
let timer = 0;
let request = null;

/** Where a result leads: its page, else the map at its place, the object chosen. */
function addressOf({ url, layer, id, road, center_4326: center, bbox_4326: bbox }) {
  if (url) return url;
  const parts = ["v=1"];
  if (center) {
    const wide = bbox ? Math.max(bbox[2] - bbox[0], bbox[3] - bbox[1]) : 0;
    const zoom = wide > 0.002 ? Math.min(ZOOM, Math.log2(360 / wide) + 0.5) : ZOOM;
    parts.push(`c=${center.map((value) => value.toFixed(6)).join(",")}`, `z=${zoom.toFixed(1)}`);
  }
  if (road) parts.push(`r=${road}`);
  else if (layer && id) parts.push(`s=${layer}.${id}`);
  return `${texts.map}#${parts.join("&")}`;
}

/** A page that searches further is sent the text in the body, which no address and no log keeps. */
function open({ url, body, ...result }) {
  if (!body) return window.location.assign(addressOf({ url, ...result }));
  const values = { ...body, csrfmiddlewaretoken: csrfToken() };
  const fields = Object.entries(values).map(([name, value]) => element("input", { type: "hidden", name, value }));
  const sent = element("form", { method: "post", action: url, hidden: true }, ...fields);
  document.body.append(sent);
  sent.submit();
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function option(result, i) {
  const label = element("strong", { textContent: result.label });
  const detail = result.detail ? [element("small", { textContent: result.detail })] : [];
  const made = element("li", { id: `arpent-search-${i}`, role: "option" }, label, ...detail);
  made.addEventListener("pointerdown", (event) => event.preventDefault());
  made.addEventListener("click", () => open(result));
  return made;
}

function show(open) {
  const any = open && input.value.trim() !== "";
  list.hidden = !any || !results.length;
  none.hidden = !any || results.length > 0 || list.getAttribute("aria-busy") === "true";
  input.setAttribute("aria-expanded", String(!list.hidden));
  point(list.hidden ? -1 : active);
}

function point(i) {
  active = i;
  for (const [rank, one] of [...list.querySelectorAll("[role=option]")].entries())
    one.setAttribute("aria-selected", String(rank === i));
  const chosen = i < 0 ? null : document.querySelector(`#arpent-search-${i}`);
  if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
  else input.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

function fill(answer) {
  results = answer.results;
  active = -1;
  const lines = results.flatMap((result, i) => {
    const heading = element("li", { role: "none", className: "find-group", textContent: result.group });
    return i === 0 || results[i - 1].group !== result.group ? [heading, option(result, i)] : [option(result, i)];
  });
  list.replaceChildren(...lines);
  none.textContent = answer.message || texts.none;
  say(results.length ? `${texts.results} ${results.length}` : none.textContent);
}

/** Tells those who do not see the list; only where somebody searches, for a page has its own status. */
function say(text) {
  status ??= form.appendChild(element("span", { role: "status", className: "find-status" }));
  status.textContent = input.value.trim() ? text : "";
}

async function ask() {
  window.clearTimeout(timer);
  request?.abort();
  request = new AbortController();
  const text = input.value.trim();
  if (!text) {
    fill({ results: [], message: "" });
    return show(false);
  }
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${texts.url}?q=${encodeURIComponent(text)}`, {
      headers: { accept: "application/json" },
      signal: request.signal,
    });
    const body = await answer.json();
    fill(answer.ok ? body : { results: [], message: body.detail || body.title });
  } catch (error) {
    if (error.name === "AbortError") return;
    fill({ results: [], message: texts.offline });
  }
  list.setAttribute("aria-busy", "false");
  show(document.activeElement === input);
}

input.addEventListener("input", () => {
  window.clearTimeout(timer);
  timer = window.setTimeout(ask, DEBOUNCE_MS);
});
input.addEventListener("focus", () => show(true));
input.addEventListener("blur", () => show(false));
input.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && results.length) {
    event.preventDefault();
    show(true);
    point((active + step + results.length + (active < 0 && step < 0 ? 1 : 0)) % results.length);
  } else if (event.key === "Escape" && !(list.hidden && none.hidden)) {
    event.preventDefault();
    list.hidden = none.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }
});
// As on the map: / where nothing is typed, Ctrl+K anywhere.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const slash = event.key === "/" && !typing && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (!slash && !(event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) return;
  event.preventDefault();
  input.focus();
  input.select();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (active < 0) await ask();
  const chosen = results[Math.max(0, active)];
  if (chosen) open(chosen);
});
form.hidden = false;
