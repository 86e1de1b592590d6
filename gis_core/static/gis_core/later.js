// Parts of a page that take long to make: each is fetched from its own page once this one is there.

/** Put the part of the same id from the page at `data-later` in its place. */
async function fill(place) {
  try {
    const answer = await fetch(place.dataset.later, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(place.id);
    if (part) place.replaceWith(document.importNode(part, true));
    else place.remove();
  } catch {
    // The link to the part alone stays.
    place.removeAttribute("aria-busy");
  }
}

for (const place of document.querySelectorAll("[data-later]")) void fill(place);
