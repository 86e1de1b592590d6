// The distance of snapping in words while it is dragged; the columns of a table as soon as it is chosen.
const range = document.querySelector("[data-snap-range]");
const told = document.querySelector("[data-snap]");
const rows = [...document.querySelectorAll("tr[data-cm]")];

function tell() {
  const cm = Number(range.value);
  told.textContent = `${(cm / 100).toLocaleString(document.documentElement.lang || "fr", { maximumFractionDigits: 2 })} m`;
  for (const row of rows) row.classList.toggle("within", Number(row.dataset.cm) <= cm);
}

if (range && told) {
  range.addEventListener("input", tell);
  tell();
}
for (const select of document.querySelectorAll("[data-tables]")) {
  select.addEventListener("change", () => select.form.querySelector("[data-show-columns]").click());
}
