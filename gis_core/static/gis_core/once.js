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
