const THIN = "\u202f";
const FIXED = "\u00a0";

/** A text with its parameters, `{name}` being that of this name; what French sets apart stays on one line with its word. */
export function written(text: string, parameters: Record<string, string | number>): string {
  return text
    .replace(/ (?=[;?!])/g, THIN)
    .replace(/ (?=[:»])/g, FIXED)
    .replace(/« /g, `«${FIXED}`)
    .replace(/(\d) (?=\d{3}(?!\d))/g, `$1${THIN}`)
    .replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ""));
}
