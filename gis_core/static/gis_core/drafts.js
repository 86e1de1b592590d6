// What is typed in a form and not sent yet outlives a reload of its page: in this tab alone, for the same person.
// Passwords and files are not kept, nor what nobody changed: what others changed meanwhile stays as it is.
const page = JSON.parse(document.querySelector("#arpent-session").textContent);
const SECRET = /pass(word|phrase)|passwd|secret|mot_?de_?passe|csrfmiddlewaretoken/i;
const TYPED = "textarea, select, input:not([type=hidden], [type=file], [type=password], [type=submit], [type=button], [autocomplete=one-time-code])";
const PAUSE_MS = 400;
const ANSWER_MS = 5000;
const LONGEST = 500000;
const SENT = "arpent.sent";

/** The fields of a form that people fill, and those that a map fills for them. */
const elementsOf = (form) =>
  [...form.elements].filter((one) => one.name && !SECRET.test(one.name) && one.matches(`${TYPED}, [data-draft]`));

const isChoice = ({ type }) => type === "checkbox" || type === "radio";

function valuesOf(one) {
  if (isChoice(one)) return one.checked ? [one.value] : [];
  return one.multiple && one.options ? [...one.selectedOptions].map(({ value }) => value) : [one.value];
}

/** The values of a form by the names of its fields. */
function readForm(form) {
  const values = {};
  for (const one of elementsOf(form)) values[one.name] = [...(values[one.name] ?? []), ...valuesOf(one)];
  return values;
}

function fill(form, draft) {
  const left = structuredClone(draft);
  for (const one of elementsOf(form)) {
    const values = left[one.name];
    if (!values) continue;
    if (isChoice(one)) one.checked = values.includes(one.value);
    else if (one.multiple && one.options) for (const option of one.options) option.selected = values.includes(option.value);
    else if (values.length) one.value = values.shift();
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("arpent:restored"));
}

/** A form of this page, its draft and its offer. */
class Draft {
  constructor(form, place) {
    this.form = form;
    this.name = `arpent.draft ${page.user} ${location.pathname}${location.search} ${place}`;
    this.first = readForm(form);
    this.sending = false;
  }

  read() {
    return JSON.parse(sessionStorage.getItem(this.name) ?? "null");
  }

  /** Keeps what differs from what the page came with. */
  keep() {
    if (this.sending || this.offered) return;
    const changed = Object.entries(readForm(this.form)).filter(
      ([name, values]) => JSON.stringify(values) !== JSON.stringify(this.first[name]),
    );
    const text = JSON.stringify(Object.fromEntries(changed));
    if (changed.length && text.length <= LONGEST) sessionStorage.setItem(this.name, text);
    else sessionStorage.removeItem(this.name);
    if (sessionStorage.getItem(SENT) === this.name) sessionStorage.removeItem(SENT);
  }

  /** It is on its way: the next page that comes forgets it. An answer saved as a file leaves the page as it is. */
  send() {
    this.keep();
    this.sending = true;
    sessionStorage.setItem(SENT, this.name);
    setTimeout(() => {
      this.sending = false;
    }, ANSWER_MS);
  }

  forget() {
    sessionStorage.removeItem(this.name);
    this.offered?.remove();
    this.offered = null;
  }

  offer() {
    const draft = this.read();
    if (!draft) return;
    const box = document.createElement("div");
    box.className = "draft-offer";
    box.setAttribute("role", "note");
    const text = document.createElement("p");
    text.textContent = page.words.draft;
    box.append(
      text,
      button(page.words.draft_take, () => {
        this.offered = null;
        box.remove();
        fill(this.form, draft);
        this.form.querySelector(TYPED)?.focus();
      }),
      button(page.words.draft_drop, () => this.forget()),
    );
    this.offered = box;
    this.form.before(box);
  }
}

function button(text, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

function start() {
  const sent = sessionStorage.getItem(SENT);
  if (sent) {
    sessionStorage.removeItem(sent);
    sessionStorage.removeItem(SENT);
  }
  const forms = [...document.querySelectorAll("main form")].filter(
    (form) =>
      form.getAttribute("method")?.toLowerCase() === "post" &&
      !form.matches("[data-anybody], [data-send], [data-no-draft]") &&
      elementsOf(form).some((one) => one.matches(TYPED)),
  );
  const drafts = forms.map((form, place) => new Draft(form, place));
  let waiting = 0;
  const keepAll = () => drafts.forEach((draft) => draft.keep());
  const keepSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(keepAll, PAUSE_MS);
  };
  for (const kind of ["input", "change", "click"]) document.addEventListener(kind, keepSoon);
  addEventListener("pagehide", keepAll);
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) drafts.find(({ form }) => form === event.target)?.send();
  });
  drafts.forEach((draft) => draft.offer());
}

try {
  if (page.user) start();
} catch {
  // Storage is refused: what is typed lasts as long as the page.
}
