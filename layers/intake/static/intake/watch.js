// Watches the job of this page and shows the page anew when it ends.
import { sameOrNever } from "../gis_core/session.js";

const STEP_MS = 700;
const row = document.querySelector("[data-watch]");

/** Ask for the job and show where it is; answers whether it goes on. */
async function look() {
  const answer = await fetch(row.dataset.watch, { headers: { Accept: "application/json" } });
  if (answer.status === 401) return sameOrNever();
  if (!answer.ok) return answer.status >= 500;
  const job = await answer.json();
  row.querySelector("[data-state]").textContent = job.state_label;
  const message = row.querySelector("[data-message]");
  if (message.textContent !== job.message) message.textContent = job.message;
  const bar = row.querySelector("progress");
  if (job.progress === null) bar.removeAttribute("value");
  else bar.value = job.progress;
  return job.state === "waiting" || job.state === "running";
}

async function watch() {
  let goesOn = true;
  while (goesOn) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    try {
      goesOn = document.hidden || (await look());
    } catch {
      // The network may come back.
    }
  }
  location.reload();
}

if (row) await watch();
