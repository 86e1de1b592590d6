// Refuses files that are too large before they are sent; watches the imports that are not over yet, and shows the page
// anew when one ends.
import { sameOrNever } from "../gis_core/session.js";

const STEP_MS = 1000;

/** Say at once what the server would say after minutes of sending; answers whether the files may go. */
function fits(form) {
  const files = [...form.elements.namedItem("file").files];
  const tooLarge = files.reduce((sum, file) => sum + file.size, 0) > Number(form.dataset.limit);
  const notice = form.querySelector("[data-too-large]");
  notice.textContent = tooLarge ? notice.dataset.tooLarge : "";
  notice.hidden = !tooLarge;
  return !tooLarge;
}

const form = document.querySelector("form[data-upload]");
form.addEventListener("change", () => fits(form));
form.addEventListener("submit", (event) => {
  if (fits(form)) return;
  event.preventDefault();
  form.elements.namedItem("file").focus();
});

/** Ask for one job and show where it is; answers whether it goes on. */
async function look(row) {
  const answer = await fetch(row.dataset.watch, { headers: { Accept: "application/json" } });
  if (answer.status === 401) return sameOrNever();
  if (!answer.ok) return answer.status >= 500;
  const job = await answer.json();
  show(row, job);
  return job.state === "waiting" || job.state === "running";
}

function show(row, job) {
  row.querySelector("[data-state]").textContent = job.state_label;
  const message = row.querySelector("[data-message]");
  if (message.textContent !== job.message) message.textContent = job.message;
  const bar = row.querySelector("progress");
  if (job.progress === null) bar.removeAttribute("value");
  else bar.value = job.progress;
}

async function watch(row) {
  let goesOn = true;
  while (goesOn) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    try {
      goesOn = document.hidden || (await look(row));
    } catch {
      // The network may come back.
    }
  }
}

const rows = [...document.querySelectorAll("[data-imports] [data-watch]")];
if (rows.length > 0) {
  await Promise.all(rows.map(watch));
  location.reload();
}
