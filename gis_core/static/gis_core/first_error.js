// A form that was refused begins anew at what is wrong, however far down that is, or at what is said above it.
const field = document.querySelector('main [aria-invalid="true"]:not([type="hidden"])');
const said = document.querySelector("main form :is(.nonfield, .alike)");
const nowhere = document.activeElement === document.body;
if (field && nowhere) field.focus();
else if (!field && said && nowhere) {
  said.tabIndex = -1;
  said.focus({ preventScroll: true });
  said.scrollIntoView({ block: "center" });
}
