// A form is sent once: the second click of a double click sends nothing.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  // An answer that is saved as a file leaves the page as it is.
  setTimeout(() => sent.delete(form), 5000);
});

// Back to the page by the browser's button: it may be sent anew.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) sent.delete(form);
});

// Back to a page that was loaded anew: its forms are those that may have been sent from there, under the same keys.
const keys = [...document.querySelectorAll('input[name="form_key"]')];
const [navigation] = performance.getEntriesByType("navigation");
const former = navigation?.type === "back_forward" ? history.state?.formKeys : null;
if (former?.length === keys.length) keys.forEach((key, rank) => (key.value = former[rank]));
else if (keys.length) history.replaceState({ ...history.state, formKeys: keys.map((key) => key.value) }, "");
