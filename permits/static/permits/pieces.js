// Refuses files that are too large before they are sent: the server would say so only while they are on their way.
const form = document.querySelector("form[data-most]");
const notice = form?.querySelector("[data-too-large]");

/** Say at once what the server would say; answers whether the files may go. */
function fits() {
  const sizes = [...form.elements.namedItem("file").files].map((file) => file.size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const tooLarge = Math.max(0, ...sizes) > Number(form.dataset.most) || total > Number(form.dataset.all);
  notice.textContent = tooLarge ? notice.dataset.tooLarge : "";
  notice.hidden = !tooLarge;
  return !tooLarge;
}

form?.addEventListener("change", fits);
form?.addEventListener("submit", (event) => {
  if (fits()) return;
  event.preventDefault();
  form.elements.namedItem("file").focus();
});
