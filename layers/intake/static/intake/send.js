// Files that become layers: dropped or chosen, refused at once when they are too large, sent with a bar that fills.
import { csrfToken, samePerson } from "../gis_core/session.js";

const form = document.querySelector("form[data-send]");
const zone = form.querySelector("[data-zone]");
const input = form.elements.namedItem("file");
const bar = form.querySelector("[data-sent]");
const notice = form.querySelector("[data-refused]");

function say(text) {
  notice.textContent = text;
  notice.hidden = text === "";
}

/** Say at once what the server would say after minutes of sending; answers whether the files may go. */
function fits() {
  const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
  say(size > Number(form.dataset.limit) ? form.dataset.tooLarge : "");
  return notice.hidden;
}

/** Send the form, once more where the session ended meanwhile and one signed in again over the page. */
async function sendAs(told) {
  const body = new FormData(form);
  for (;;) {
    body.set("csrfmiddlewaretoken", csrfToken());
    const answer = await send(body, told);
    const expired = answer.status === 401 || answer.body.reason === "csrf";
    if (!expired || !(await samePerson())) return answer;
  }
}

/** Send it; the answer is the status and what the server said. */
function send(body, told) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) told(event.loaded / event.total);
    });
    request.addEventListener("load", () => resolve({ status: request.status, body: parsed(request.responseText) }));
    request.addEventListener("error", reject);
    request.send(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function submit() {
  const button = form.querySelector("button");
  if (!(await samePerson())) return;
  button.disabled = true;
  bar.hidden = false;
  try {
    const { status, body } = await sendAs((share) => {
      bar.value = share;
    });
    if (status === 201) {
      location.assign(body.address);
      return;
    }
    say(body.detail ?? body.title ?? form.dataset.failed);
  } catch {
    say(form.dataset.failed);
  }
  button.disabled = false;
  bar.hidden = true;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (fits()) submit();
});
input.addEventListener("change", fits);

for (const kind of ["dragenter", "dragover"])
  zone.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
zone.addEventListener("dragleave", () => zone.classList.remove("over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  if (fits()) submit();
});
