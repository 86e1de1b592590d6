// Proposes the short name from the title, until somebody writes one.
const title = document.querySelector("#id_title");
const slug = document.querySelector("#id_slug");

/** What the server would make of the title. */
function proposed(text) {
  const plain = text.normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
  return plain.toLowerCase().replace(/[^a-z0-9\s_-]/g, "").trim().replace(/[\s_-]+/g, "-").slice(0, 50).replace(/^-|-$/g, "");
}

if (slug) {
  let own = slug.value !== "" && slug.value !== proposed(title.value);
  slug.addEventListener("input", () => {
    own = slug.value !== "";
  });
  title.addEventListener("input", () => {
    if (!own) slug.value = proposed(title.value);
  });
}
