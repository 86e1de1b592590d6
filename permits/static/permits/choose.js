// Says how many files of the page are ticked, and ticks them all: without it, each is ticked by hand.
const form = document.querySelector("form.choosing");
const boxes = [...document.querySelectorAll("input.choose")];
const told = form?.querySelector("[data-chosen]");
const all = form?.querySelector("[data-choose-page]");

function tell() {
  const count = boxes.filter((box) => box.checked).length;
  told.textContent = count ? `(${count})` : "";
}

if (form && boxes.length) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const ticked = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !ticked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  tell();
}
