// Whether a page still is of whom it was made for. Before a form is sent, whenever the page is come back to, and when
// the map asks: the session may have ended, or somebody else may have signed in. Then one signs in over the page, and
// what was about to be sent goes on, with its files and a token of that moment.
const page = JSON.parse(document.querySelector("#arpent-session").textContent);
const token = document.querySelector("#arpent-token").content.querySelector("input") ?? document.createElement("input");
const ANSWER_MS = 15000;
const LEAST_MS = 3000;
const AGAIN_MS = 300000;

/** The token that a writing request shows now. */
export const csrfToken = () => token.value;

/** Whose session it is now; the page and its forms take its token. Throws where the server does not answer. */
export async function look() {
  const answer = await fetch(page.url, {
    headers: { Accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const now = await answer.json();
  token.value = now.csrf;
  if (now.version !== page.version) noteUpgrade();
  for (const field of document.querySelectorAll("form input[name=csrfmiddlewaretoken]")) field.value = now.csrf;
  return now;
}

let asking = null;

/** Signs in over the page where it is needed; whether the page may go on as of whom it was made for. */
export function samePerson(leaving = false) {
  asking ??= untilSame(leaving).finally(() => {
    asking = null;
  });
  return asking;
}

/** The same for what asks again by itself: where one gives up, it goes on no more, and the page stays as it is. */
export async function sameOrNever() {
  if (!(await samePerson())) await new Promise(() => {});
  return true;
}

async function untilSame(leaving) {
  let words = "";
  for (;;) {
    const now = await look().catch(() => null);
    // A page made for nobody is everybody's.
    if (now && (!page.user || now.user === page.user)) return back();
    if (leaving && now && !now.user) return true;
    if (!now && (await choice("lost_title", page.words.lost, ["retry", "later"])) !== "retry") return false;
    if (now?.user) {
      if ((await choice("other_title", named(now), ["reload", "stay"])) === "reload") location.reload();
      return gone();
    }
    if (now) {
      const given = await signIn(words);
      if (given === null) return gone();
      words = given;
    }
  }
}

const named = ({ name }) => page.words.other.replace("%(name)s", name).replace("%(former)s", page.name);

function back() {
  document.querySelector(".session-bar:not([data-upgraded])")?.remove();
  document.dispatchEvent(new CustomEvent("arpent:session", { detail: { same: true } }));
  return true;
}

function gone() {
  document.dispatchEvent(new CustomEvent("arpent:session", { detail: { same: false } }));
  return false;
}

// --- windows over the page ---------------------------------------------------------------------------------------------

/** A window in which nothing else can be pressed; its focus goes back to where it was. */
function opened(title, words) {
  const dialog = document.createElement("dialog");
  dialog.className = "session-window";
  dialog.setAttribute("aria-labelledby", title);
  dialog.setAttribute("aria-describedby", words);
  document.body.append(dialog);
  const before = document.activeElement;
  // The page's own shortcuts are not for those who type here; Escape is the window's.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  return dialog;
}

/** A question over the page; the name of the answer pressed, "" where the window was only closed. */
function choice(title, text, answers) {
  return new Promise((resolve) => {
    const dialog = opened("session-title", "session-words");
    const [head, words, actions] = ["h2", "p", "div"].map((name) => document.createElement(name));
    head.id = "session-title";
    head.textContent = page.words[title];
    words.id = "session-words";
    words.textContent = text;
    actions.className = "session-actions";
    for (const name of answers) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = name === answers[0] ? "session-main" : "";
      button.textContent = page.words[name];
      button.addEventListener("click", () => {
        resolve(name);
        dialog.close();
      });
      actions.append(button);
    }
    dialog.append(head, words, actions);
    dialog.addEventListener("close", () => resolve(""));
    dialog.showModal();
  });
}

/** While one is asked to sign in here: what happens when somebody does in another tab. */
let signedInElsewhere = null;

/** The server's own form to sign in. What is to be said if it was in vain; null where one gives up. */
async function signIn(words) {
  const first = await ask(undefined).catch(() => null);
  if (!first?.html) return "";
  return new Promise((resolve) => {
    const dialog = opened("session-title", "session-words");
    fill(dialog, first.html, words);
    signedInElsewhere = () => {
      resolve("");
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      signedInElsewhere = null;
      resolve(null);
    });
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-later]")) dialog.close();
    });
    dialog.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const said = await send(dialog, event.target);
      if (said === null) return;
      resolve(said);
      dialog.close();
    });
    dialog.showModal();
    begin(dialog);
  });
}

function fill(dialog, html, words) {
  dialog.innerHTML = html;
  if (dialog.querySelector("[data-key]")) void import("./second_factor.js");
  const login = dialog.querySelector("input[name=login]");
  if (login && !login.value) login.value = page.login;
  if (words) say(dialog, words);
}

/** The first field to fill. */
function begin(dialog) {
  const wrong = dialog.querySelector("[aria-invalid=true]");
  const empty = [...dialog.querySelectorAll("input:not([type=hidden])")].find(({ value }) => !value);
  (wrong ?? empty ?? dialog.querySelector("button")).focus();
}

function say(dialog, text) {
  let place = dialog.querySelector("[role=alert]");
  if (!place) {
    place = document.createElement("p");
    place.className = "nonfield";
    place.setAttribute("role", "alert");
    dialog.querySelector("form").prepend(place);
  }
  place.textContent = text;
}

/** Sends name and password, or the second step, which may follow in the same window; null where the form says what is
 * wrong, else what to say if nobody is signed in after all. */
async function send(dialog, form) {
  const button = form.querySelector("button:not([type=button])");
  button.disabled = true;
  try {
    let answer = await ask(new FormData(form), form.getAttribute("action"));
    const next = answer.location && new URL(answer.location, location.href).pathname;
    if (next === page.second_step) answer = await ask(undefined, next);
    if (answer.location) return page.words.closed;
    if (answer.html) fill(dialog, answer.html, "");
    else say(dialog, answer.status === 429 ? page.words.too_many : page.words.failed);
    if (answer.html) begin(dialog);
  } catch {
    say(dialog, page.words.lost_title);
  } finally {
    button.disabled = false;
  }
  return null;
}

async function ask(body, address = page.sign_in) {
  const answer = await fetch(address, {
    method: body ? "POST" : "GET",
    body,
    headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
    cache: "no-store",
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  return { ...(await answer.json().catch(() => ({}))), status: answer.status };
}

// --- forms -------------------------------------------------------------------------------------------------------------

const cleared = new WeakSet();
const checking = new WeakSet();

/** Says to the scripts of a form that it was not sent after all. */
const kept = (form) => form.dispatchEvent(new Event("arpent:kept"));

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const method = submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "";
  const action = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
  if (event.defaultPrevented || method.toLowerCase() !== "post" || action.origin !== location.origin) return;
  if (cleared.delete(form)) return;
  event.preventDefault();
  if (checking.has(form)) return;
  checking.add(form);
  void mayGo(form, action)
    .catch(() => false)
    .then((may) => {
      checking.delete(form);
      if (!may) return kept(form);
      cleared.add(form);
      form.requestSubmit(submitter);
      // Where it could not be sent the next press asks again.
      cleared.delete(form);
    });
});

/** A form that anybody may send goes where nobody is signed in any more; signing out asks what becomes of unsaved work. */
async function mayGo(form, action) {
  if (!(await samePerson(form.hasAttribute("data-anybody")))) return false;
  return action.pathname !== page.sign_out || signOut();
}

// --- signing out, with work left on the map ----------------------------------------------------------------------------

const NOTE = "arpent.edit";

/** Where this person left work unsaved on the map (webmap/src/edit/keep.ts). */
function unsaved() {
  try {
    return (JSON.parse(localStorage.getItem(NOTE)) ?? []).filter(({ user }) => user === page.user);
  } catch {
    return [];
  }
}

/** Whether one signs out, having said what becomes of one's unsaved work. */
async function signOut() {
  const left = unsaved();
  if (!left.length) return true;
  const layers = left.map(({ title, layer }) => title || layer).join(", ");
  const text = page.words.out.replace("%(layers)s", layers);
  const answer = await choice("out_title", text, ["out_keep", "out_erase", "out_stay"]);
  if (answer === "out_erase") await erase().catch(() => undefined);
  return answer === "out_keep" || answer === "out_erase";
}

/** Erases this person's work, and nobody else's. */
async function erase() {
  document.dispatchEvent(new CustomEvent("arpent:erase"));
  for (const name of Object.keys(sessionStorage)) if (name.includes(page.user)) sessionStorage.removeItem(name);
  await new Promise((resolve, reject) => {
    const asked = indexedDB.open("arpent-edit");
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      const change = asked.result.transaction("work", "readwrite");
      change.objectStore("work").delete(IDBKeyRange.bound([page.user], [page.user, []]));
      change.oncomplete = () => resolve(asked.result.close());
      change.onabort = () => reject(change.error);
    };
  });
  const others = JSON.parse(localStorage.getItem(NOTE)).filter(({ user }) => user !== page.user);
  if (others.length) localStorage.setItem(NOTE, JSON.stringify(others));
  else localStorage.removeItem(NOTE);
}

// --- whose page it is, from time to time -------------------------------------------------------------------------------

/** What happens where the session is found to be another's: a bar says so, unless the page has a way of its own. */
let found = showBar;
let looked = Date.now();

export function whenAnother(act) {
  found = act;
}

/** Looks, unless one just did. */
export async function glance() {
  if (document.hidden || (asking && !signedInElsewhere) || !page.user || Date.now() - looked < LEAST_MS) return;
  looked = Date.now();
  const now = await look().catch(() => null);
  if (!now) return;
  if (asking) {
    if (now.user) signedInElsewhere?.();
    return;
  }
  if (now.user === page.user) back();
  else found(now);
}

function showBar(now) {
  if (document.querySelector(".session-bar:not([data-upgraded])")) return;
  if (now.user) addBar(named(now), page.words.reload, () => location.reload());
  else addBar(page.words.ended, page.words.again, () => void samePerson());
}

function addBar(words, answer, act) {
  const bar = document.createElement("div");
  bar.className = "session-bar";
  bar.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = words;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = answer;
  button.addEventListener("click", act);
  bar.append(text, button);
  (document.querySelector("main") ?? document.body).prepend(bar);
  return bar;
}

// --- a server of another version than the page's -----------------------------------------------------------------------

/** What happens then: a bar says so, unless the page has a way of its own. Nothing reloads by itself. */
let upgraded = () => {
  addBar(page.words.upgraded, page.words.reload, () => location.reload()).dataset.upgraded = "";
};
let noted = false;

export function whenUpgraded(act) {
  upgraded = act;
}

function noteUpgrade() {
  if (noted) return;
  noted = true;
  upgraded();
}

document.addEventListener("visibilitychange", glance);
addEventListener("focus", glance);
addEventListener("online", () => {
  // A moment ago nobody answered: that was no look.
  looked = 0;
  void glance();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) void glance();
});
setInterval(glance, AGAIN_MS);

// Other tabs learn at once of whom this page is.
if ("BroadcastChannel" in self) {
  const tabs = new BroadcastChannel("arpent-session");
  tabs.addEventListener("message", ({ data }) => {
    looked = 0;
    if (data !== page.user) void glance();
  });
  tabs.postMessage(page.user);
}
