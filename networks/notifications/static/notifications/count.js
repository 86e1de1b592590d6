// Says, while the words are being written, how long the text message is and how it reads: the server counts.
import { csrfToken } from "../gis_core/session.js";

const PAUSE_MS = 350;
const form = document.querySelector("form[data-count]");
const told = form?.querySelector("[data-told]");
const bubble = form?.querySelector("[data-bubble]");
let waiting = 0;
let asked = 0;

async function count() {
  const turn = ++asked;
  const body = new FormData(form);
  body.set("do", "count");
  body.set("csrfmiddlewaretoken", csrfToken());
  try {
    const answer = await fetch(form.action || location.href, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (turn !== asked) return;
    told.textContent = said.error ?? said.detail ?? said.told;
    told.classList.toggle("wrong", !answer.ok);
    if (answer.ok) bubble.textContent = said.text;
  } catch {
    // The network may come back; keeping the draft counts too.
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(count, PAUSE_MS);
});
