// Says when a form holds work that is not saved, and asks before the page is left with it.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const told = form.querySelector("[data-changed]");
  const written = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
  // What a refused form brings back is not saved either.
  const kept = document.querySelector("[role=alert]") ? "" : written();
  let sending = false;

  const changed = () => !sending && written() !== kept;
  const tell = () => {
    if (told) told.textContent = changed() ? told.dataset.words : "";
  };
  form.addEventListener("input", tell);
  form.addEventListener("change", tell);
  form.addEventListener("submit", () => {
    sending = true;
  });
  const back = () => {
    sending = false;
    tell();
  };
  addEventListener("pageshow", back);
  // It was not sent after all: somebody else is signed in, or nobody.
  form.addEventListener("arpent:kept", back);
  addEventListener("beforeunload", (event) => {
    if (changed()) event.preventDefault();
  });
}
