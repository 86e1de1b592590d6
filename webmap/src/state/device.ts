/** The width below which the panels become a bottom sheet, as in the style sheets. */
const PHONE = "(max-width: 760px)";

export const isPhone = (): boolean => matchMedia(PHONE).matches;

/** Calls when the window becomes a phone's or ceases to be one; gives what ends it. */
export function onPhoneChange(call: () => void): () => void {
  const query = matchMedia(PHONE);
  query.addEventListener("change", call);
  return () => query.removeEventListener("change", call);
}
