// Moves fields up and down, and follows the job that puts rules in place.
const list = document.querySelector("[data-columns]");

function move(item, before) {
  const button = document.activeElement;
  list.insertBefore(item, before);
  button.focus();
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

if (list) {
  for (const moves of list.querySelectorAll(".moves")) moves.hidden = false;
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (event.target.closest("[data-up]") && item.previousElementSibling) move(item, item.previousElementSibling);
    if (event.target.closest("[data-down]") && item.nextElementSibling) move(item.nextElementSibling, item);
  });
}

const OPEN = ["waiting", "running"];

async function watch(place) {
  const answer = await fetch(place.dataset.watch, { headers: { Accept: "application/json" } }).catch(() => null);
  const job = answer?.ok ? await answer.json() : null;
  if (job && !OPEN.includes(job.state)) location.reload();
  else setTimeout(() => watch(place), 1500);
}

for (const place of document.querySelectorAll("[data-watch]")) watch(place);
