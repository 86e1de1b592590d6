// A pipe pointed at in the drawing lights its row, and the other way round; arrows go from pipe to pipe.
const drawing = document.querySelector(".profile-drawing");
const table = document.querySelector(".profile-table");
const pipes = [...(drawing?.querySelectorAll("[data-pipe]") ?? [])];

/** Light what belongs to a pipe; nothing for null. */
function light(pipe) {
  for (const one of document.querySelectorAll(".lit")) one.classList.remove("lit");
  if (pipe === null) return;
  for (const one of document.querySelectorAll(`[data-pipe="${CSS.escape(pipe)}"]`)) one.classList.add("lit");
}

function pipeOf(target) {
  return target instanceof Element ? (target.closest("[data-pipe]")?.getAttribute("data-pipe") ?? null) : null;
}

for (const part of [drawing, table]) {
  for (const event of ["pointerover", "focusin"]) part?.addEventListener(event, ({ target }) => light(pipeOf(target)));
  for (const event of ["pointerleave", "focusout"]) part?.addEventListener(event, () => light(null));
}

drawing?.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const at = pipes.indexOf(document.activeElement);
  const next = pipes[at + (step ?? 0)];
  if (!step || at < 0 || !next) return;
  event.preventDefault();
  pipes[at].setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "center" });
});
