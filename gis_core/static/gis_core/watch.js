// Watches the jobs of this page, says where they are, and shows the page anew when all of them have ended.
import { sameOrNever } from "./session.js";

const STEP_MS = 700;

/** Ask for one job and show where it is; answers whether it goes on. */
async function look(place) {
  const answer = await fetch(place.dataset.watch, { headers: { Accept: "application/json" } });
  if (answer.status === 401) return sameOrNever();
  if (!answer.ok) return answer.status >= 500;
  const job = await answer.json();
  show(place, job);
  return job.state === "waiting" || job.state === "running";
}

function show(place, job) {
  place.querySelector("[data-state]").textContent = job.state_label;
  const message = place.querySelector("[data-message]");
  if (message.textContent !== job.message) message.textContent = job.message;
  const bar = place.querySelector("progress");
  // A place whose job had ended when the page was made has none.
  if (!bar) return;
  if (job.progress === null) bar.removeAttribute("value");
  else bar.value = job.progress;
}

async function watch(place) {
  let goesOn = true;
  while (goesOn) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    try {
      goesOn = document.hidden || (await look(place));
    } catch {
      // The network may come back.
    }
  }
}

const places = [...document.querySelectorAll("[data-watch]")];
if (places.length > 0) {
  await Promise.all(places.map(watch));
  location.reload();
}
