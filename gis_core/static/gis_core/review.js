// The review of rights by keys: in a row, G keeps the role, C gives another one, D ends the access; the next person
// follows.
const form = document.querySelector("#review");
const rows = [...form.querySelectorAll("tbody tr")];
const ANSWERS = { g: "kept", c: "changed", d: "ended" };

for (const [index, row] of rows.entries()) {
  const role = row.querySelector("select");
  const answerOf = (value) => row.querySelector(`input[value=${value}]`);
  row.addEventListener("keydown", (event) => {
    const answer = ANSWERS[event.key.toLowerCase()];
    if (!answer || event.target === role || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    answerOf(answer).checked = true;
    if (answer === "changed") role.focus();
    else (rows[index + 1]?.querySelector("input") ?? form.querySelector("button")).focus();
  });
  // A role that is chosen is the answer "another role".
  role.addEventListener("change", () => {
    if (role.value) answerOf("changed").checked = true;
  });
}
