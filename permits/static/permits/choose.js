// Says how many files of the page are ticked, and ticks them all: without it, each is ticked by hand.
const form = document.querySelector("form.choosing");
const boxes = [...document.querySelectorAll("input.choose")];
const countLine = form?.querySelector("[data-chosen]");
const all = form?.querySelector("[data-choose-page]");

function showCount() {
  const count = boxes.filter((box) => box.checked).length;
  countLine.textContent = count ? `\u00a0(${count})` : "";
}

if (form && boxes.length) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const ticked = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !ticked;
    showCount();
  });
  for (const box of boxes) box.addEventListener("change", showCount);
  showCount();
}
