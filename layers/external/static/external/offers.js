// Narrows the list of a service's layers while one types.
const list = document.querySelector("[data-offers]");
const input = document.querySelector("[data-filter]");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

if (list && input && list.children.length > 8) {
  input.closest("label").hidden = false;
  const texts = [...list.children].map((item) => [item, plain(item.textContent)]);
  input.addEventListener("input", () => {
    const wanted = plain(input.value.trim());
    for (const [item, text] of texts) item.hidden = !text.includes(wanted);
  });
}
