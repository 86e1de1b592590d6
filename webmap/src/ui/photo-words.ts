import type { Photo } from "../api/types";
import { formatAcquired, formatResolution, type Language } from "../format/format";
import type { Translate } from "../i18n/first-view";

/** "juin 2024 · 5 cm"; of a model of heights its kind before. */
export function photoCaption({ acquired, kind, resolution_m }: Photo, language: Language, t: Translate): string {
  const what = kind === "photo" ? [] : [t(`photos.kind.${kind}`)];
  return [...what, formatAcquired(acquired, language), formatResolution(resolution_m, language)].join(" · ");
}

/** The year; with its month ("oct. 2024") where two campaigns share one. */
export function photoMark(photo: Photo, photos: readonly Photo[], language: Language): string {
  const year = photo.acquired.slice(0, 4);
  const alone = photos.filter(({ acquired }) => acquired.startsWith(year)).length === 1;
  return alone ? year : formatAcquired(photo.acquired.slice(0, 7), language, "short");
}

/** Who may see it, and whose it is. */
export function photoAudience({ visibility, owner }: Photo, t: Translate): string {
  return [t(`visibility.${visibility}`), owner?.name ?? ""].filter(Boolean).join(" · ");
}
