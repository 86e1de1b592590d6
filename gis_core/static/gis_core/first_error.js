// A form that was refused begins anew at what is wrong, however far down that is.
const field = document.querySelector('main [aria-invalid="true"]:not([type="hidden"])');
if (!field) document.querySelector("main form .nonfield")?.scrollIntoView({ block: "center" });
else if (document.activeElement === document.body) field.focus();
