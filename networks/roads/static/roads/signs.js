/** A sign that is chosen by its picture is written in the field of its code. */
for (const picker of document.querySelectorAll(".sign-picker")) {
  const field = picker.parentElement.querySelector("input");
  picker.hidden = false;
  picker.addEventListener("click", (event) => {
    const chosen = event.target.closest("button[value]");
    if (!chosen) return;
    field.value = chosen.value;
    picker.open = false;
    field.focus();
  });
}
