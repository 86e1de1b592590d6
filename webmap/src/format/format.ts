import { toLambert93 } from "../geo/lambert93";
import type { LonLat } from "../geo/mercator";

export type Language = "fr" | "en";
export type CoordinateSystem = "lambert93" | "wgs84";

const LOCALES: Record<Language, string> = { fr: "fr-FR", en: "en-GB" };
const NBSP = "\u00a0";

export function formatNumber(value: number, language: Language, decimals = 0): string {
  return new Intl.NumberFormat(LOCALES[language], {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/** "1 : 2 500"; rounded to two significant digits above 1:1000, because a screen's scale is never truer than that. */
export function formatScale(denominator: number, language: Language): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(denominator)) - 1);
  return `1${NBSP}:${NBSP}${formatNumber(Math.round(denominator / step) * step, language)}`;
}

/** Metres below 1 km ("7,24 m" below 100 m), kilometres above. */
export function formatLength(metres: number, language: Language): string {
  if (metres >= 1000) return `${formatNumber(metres / 1000, language, metres >= 10000 ? 1 : 2)}${NBSP}km`;
  return `${formatNumber(metres, language, metres < 100 ? 2 : 1)}${NBSP}m`;
}

/** Square metres below 1 ha, then hectares (the unit of the French cadastre), then square kilometres. */
export function formatArea(squareMetres: number, language: Language): string {
  if (squareMetres >= 1e6) return `${formatNumber(squareMetres / 1e6, language, 2)}${NBSP}km²`;
  if (squareMetres >= 1e4) return `${formatNumber(squareMetres / 1e4, language, 2)}${NBSP}ha`;
  return `${formatNumber(squareMetres, language, squareMetres < 100 ? 1 : 0)}${NBSP}m²`;
}

/** "E 617 284 · N 6 717 902" or "47,55000° N · 1,92000° E". */
export function formatCoordinates(position: LonLat, system: CoordinateSystem, language: Language): string {
  if (system === "lambert93") {
    const [east, north] = toLambert93(position);
    return `E${NBSP}${formatNumber(east, language)} · N${NBSP}${formatNumber(north, language)}`;
  }
  const [lon, lat] = position;
  const west = language === "fr" ? "O" : "W";
  const latitude = `${formatNumber(Math.abs(lat), language, 5)}°${NBSP}${lat < 0 ? "S" : "N"}`;
  return `${latitude} · ${formatNumber(Math.abs(lon), language, 5)}°${NBSP}${lon < 0 ? west : "E"}`;
}

/** The first of a month is "1er" in French, for which Intl has no form. */
function nameFirst(text: string, language: Language): string {
  return language === "fr" ? text.replace(/^1\s/, "1er ") : text;
}

/** "24 nov. 2026", "1er déc. 2026" from an ISO date; the text itself when it is not one. */
export function formatDate(iso: string, language: Language): string {
  const date = new Date(`${iso.slice(0, 10)}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  const options = { day: "numeric", month: "short", year: "numeric" } as const;
  return nameFirst(new Intl.DateTimeFormat(LOCALES[language], options).format(date), language);
}

/** The day of an instant in Paris, where the law counts, as an ISO date. */
export function dayInParis(instant: Date): string {
  return instant.toLocaleDateString("sv-SE", { timeZone: "Europe/Paris" });
}

/** "24 nov. 2026 à 14:05" from an ISO instant, in the time of the reader. */
export function formatInstant(iso: string, language: Language): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const text = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "short" }).format(date);
  return nameFirst(text, language);
}

/** A number with the decimals that it has, four at most. */
export function formatPlain(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 4 }).format(value);
}

/** Metres to a tenth, to a hundredth below one: an accuracy is no more exact than that. */
export function formatAccuracy(metres: number, language: Language): string {
  const digits = metres < 1 ? 2 : 1;
  return `${formatPlain(Number(metres.toFixed(digits)), language)}\u00a0m`;
}

/** "2024", "juin 2024", "12 juin 2024", "1er juin 2024": the date of a campaign, as precise as it is known. */
export function formatAcquired(acquired: string, language: Language, month: "long" | "short" = "long"): string {
  const [year, number, day] = acquired.split("-");
  if (number === undefined) return acquired;
  const date = new Date(`${year}-${number}-${day ?? "15"}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return acquired;
  const text = new Intl.DateTimeFormat(LOCALES[language], {
    month,
    year: "numeric",
    ...(day === undefined ? {} : { day: "numeric" }),
  }).format(date);
  return nameFirst(text, language);
}

/** The same with its preposition: "du 12 juin 2024", "d’août 2024", "de 2024"; "of June 2024". */
export function formatTaken(acquired: string, language: Language): string {
  const date = formatAcquired(acquired, language);
  if (language === "en") return `of ${date}`;
  if (/^\d{1,2}(er)? /.test(date)) return `du ${date}`;
  return /^[aeiouyéèêâôîû]/i.test(date) ? `d’${date}` : `de ${date}`;
}

/** Ground size of a pixel: centimetres below 1 m ("5 cm", "12,5 cm"), metres above. */
export function formatResolution(metres: number, language: Language): string {
  const small = metres < 1;
  const figure = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: small ? 1 : 2 });
  return `${figure.format(small ? metres * 100 : metres)}${NBSP}${small ? "cm" : "m"}`;
}

const IDENTIFIER = /^[0-9A-Z]{5}(\d{3})0?([A-Z]{1,2}|\d[A-Z])0*(\d{1,4})$/;

/** A parcel as people call it, "AB 12": its section and number, after the prefix that few have. Other words stay. */
export function parcelName(text: string): string {
  const [, prefix, section, number] = IDENTIFIER.exec(text) ?? [];
  if (!section) return text;
  return [prefix === "000" ? "" : prefix, section, number].filter(Boolean).join(NBSP);
}

export interface ScaleBar {
  metres: number;
  pixels: number;
}

/** The longest bar of 1, 2 or 5 x 10^n metres that fits in `maxPixels`. */
export function scaleBar(metresPerPixel: number, maxPixels: number): ScaleBar {
  const limit = metresPerPixel * maxPixels;
  const power = 10 ** Math.floor(Math.log10(limit));
  const metres = ([5, 2, 1].find((step) => step * power <= limit) ?? 1) * power;
  return { metres, pixels: Math.round(metres / metresPerPixel) };
}

/** A bar's caption: no decimals, "500 m", "2 km". */
export function formatBar(metres: number, language: Language): string {
  return metres >= 1000
    ? `${formatNumber(metres / 1000, language)}${NBSP}km`
    : `${formatNumber(metres, language, metres < 1 ? 1 : 0)}${NBSP}m`;
}
