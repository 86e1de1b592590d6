// Fields of addresses: those of the address layer are proposed while one types; another text may stay.
const DEBOUNCE_MS = 200;
const url = document.querySelector("#arpent-search").dataset.url;

for (const [i, field] of [...document.querySelectorAll("input[data-suggest=address]")].entries()) {
  const list = Object.assign(document.createElement("datalist"), { id: `arpent-addresses-${i}` });
  field.after(list);
  field.setAttribute("list", list.id);
  let timer = 0;
  let request = null;
  const ask = async () => {
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(`${url}?kind=address&q=${encodeURIComponent(field.value.trim())}`, {
        headers: { accept: "application/json" },
        signal: request.signal,
      });
      if (!answer.ok) return;
      const { results } = await answer.json();
      list.replaceChildren(...results.map(({ label, detail }) => new Option("", `${label}, ${detail}`)));
    } catch {
      // Without suggestions the address is typed.
    }
  };
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    if (field.value.trim().length > 2) timer = window.setTimeout(ask, DEBOUNCE_MS);
  });
}
