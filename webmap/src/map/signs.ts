import type { FeatureLike } from "ol/Feature";
import { Icon, Style } from "ol/style";

/** The pictogram of a sign is drawn a hundred pixels wide. */
const SCALE = 0.28;
const styles = new Map<string, Style>();

/** The address of the pictogram of a sign, with what is written on it. */
export function signAddress(code: string, inscription: string): string {
  const text = inscription ? `?texte=${encodeURIComponent(inscription.slice(0, 20))}` : "";
  return `/voirie/panneaux/${encodeURIComponent(code)}.svg${text}`;
}

/** How a sign looks from near: its pictogram; null for what has no code. */
export function signStyle(feature: FeatureLike): Style | null {
  const code = String(feature.get("code") ?? "").trim();
  if (!code || feature.get("kind") !== "sign") return null;
  const src = signAddress(code, String(feature.get("inscription") ?? ""));
  const known = styles.get(src);
  if (known) return known;
  const made = new Style({ image: new Icon({ src, scale: SCALE, declutterMode: "none" }), zIndex: 3 });
  styles.set(src, made);
  return made;
}
