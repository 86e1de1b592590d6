// Passkeys and security keys: a press on [data-key] asks the browser for one and sends its answer with the form.

/** What the browser's key answers to the options of a form; `act` is "create" (a new one) or "get". */
async function answerOf(act, { publicKey }) {
  if (act === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
}

/** What the key is to answer: in the page, or asked for at the press where nobody is known yet. */
async function optionsOf(form) {
  const { keyOptions } = form.dataset;
  if (!keyOptions) return JSON.parse(form.querySelector("#key-options").textContent);
  const answer = await fetch(keyOptions, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  return (await answer.json()).request_options;
}

const isOld = () => !globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON;

function say(form, fault) {
  const place = form.querySelector("[data-key-fault]");
  place.hidden = !fault;
  place.textContent = fault ? place.dataset[fault] : "";
}

async function answer(form, button) {
  if (isOld()) return say(form, "old");
  say(form, "");
  button.disabled = true;
  try {
    const options = await optionsOf(form);
    const credential = await answerOf(button.dataset.key, options);
    form.elements.credential.value = JSON.stringify(credential);
    form.requestSubmit();
  } catch (error) {
    say(form, error.name === "InvalidStateError" ? "known" : "refused");
    button.disabled = false;
    // Switched off, it had lost its place to the keyboard.
    button.focus();
  } finally {
    button.disabled = false;
  }
}

if (!isOld()) for (const form of document.querySelectorAll("[data-key-options]")) form.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-key]");
  if (!button) return;
  event.preventDefault();
  void answer(button.form, button);
});
