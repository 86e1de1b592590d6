// Refuses files that are too large before they are sent.

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
