// Moves fields up and down.
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
