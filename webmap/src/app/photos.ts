import type { ApiError } from "../api/client";
import type { Photo } from "../api/types";
import { isPhone } from "../state/device";
import { keepFocus } from "../state/focus";
import type { Permalink } from "../state/permalink";
import { BRIGHTNESS, byTime, covers, firstPair, knownPhotos, pictures, sideToReplace } from "../state/photos";
import type { CompareMode, HeightStyle } from "../state/state";
import { Store } from "../state/store";
import type { AppPort, PhotosPort } from "./port";

/** So many missing tiles in a row are no accident: the campaign may have been taken back. */
const FAILURES = 4;
const CHECK_MS = 15000;
/** So old a list is asked for again when one comes back to the map. */
const STALE_MS = 60000;

/** The verbs of the aerial photos: which one lies under the layers, how bright, and compared with which other. */
export class Photos implements PhotosPort {
  /** Where the swipe divides the map, from 0 (left) to 1: apart from the state, for it follows a finger. */
  readonly divider = new Store<{ at: number }>({ at: 0.5 });
  /** The comparison was just opened: its divider takes the focus if nothing else keeps it. */
  opening = false;
  private asked: Promise<void> | null = null;
  private failures = 0;
  private checkedAt = 0;
  private listedAt = 0;
  private readonly told = new Set<string>();

  constructor(private readonly app: AppPort) {}

  // --- list --------------------------------------------------------------------------------------------------------

  /** Asks for the campaigns once; later calls wait for the same answer. */
  load(): Promise<void> {
    this.asked ??= this.reload();
    return this.asked;
  }

  async reload(): Promise<void> {
    this.app.store.update({ photos: { status: "loading" } });
    try {
      this.loaded(await this.app.api.photos());
    } catch (error) {
      this.asked = null;
      this.app.store.update({ photos: { status: "error", error: error as ApiError } });
    }
  }

  /** One comes back to the map after a while: photos may have been published, or taken back. */
  async refresh(): Promise<void> {
    const { photos, online } = this.app.state;
    if (photos?.status === "ready" && online && Date.now() - this.listedAt >= STALE_MS) await this.listAgain();
  }

  /** Asks for the campaigns while those known stay on screen; they stay when no answer comes. */
  private async listAgain(): Promise<void> {
    this.listedAt = Date.now();
    try {
      this.loaded(await this.app.api.photos());
    } catch {
      // What failed is told by the tiles, if they fail too.
    }
  }

  private loaded(value: Photo[]): void {
    this.listedAt = Date.now();
    this.app.store.update({ photos: { status: "ready", value } });
    this.dropMissing();
  }

  /** A campaign that was taken back, or that this person may no longer see, leaves the map; a notice says so. */
  private dropMissing(): void {
    const { photo, compare } = this.app.state;
    const known = (slug: string): boolean => knownPhotos(this.app.state).some((one) => one.slug === slug);
    const missing = [photo, compare?.left ?? null].filter((slug) => slug !== null && !known(slug));
    if (!missing.length) return;
    const left = photo && known(photo) ? photo : null;
    this.app.store.update({ photo: left, compare: null });
    this.app.notices.add(
      "warning",
      this.app.t(left ? "photos.goneCompared" : "photos.gone", { names: missing.join(", ") }),
    );
  }

  // --- link --------------------------------------------------------------------------------------------------------

  /** Takes what a link asks; the list, when it comes, says whether it can be had. */
  async open(link: Permalink): Promise<void> {
    const { photo = null, compare = null, divider, brightness } = link;
    this.app.store.update({ photo, compare, brightness: brightness ?? BRIGHTNESS.usual });
    if (divider !== undefined) this.slide(divider);
    if (!photo) return;
    await this.load();
    if (this.app.state.photos?.status === "ready") this.dropMissing();
  }

  /** The newest photo that shows the middle of the map; none where none does. */
  async openNewest(): Promise<void> {
    await this.load();
    const { view } = this.app.state;
    const here = pictures(knownPhotos(this.app.state)).filter((one) => covers(one, view.center));
    const newest = byTime(here).at(-1);
    if (newest) this.choose(newest.slug);
  }

  /** What a link must say of the photos. */
  link(): Permalink {
    const { photo, compare, brightness } = this.app.state;
    if (!photo) return {};
    return { photo, brightness, ...(compare ? { compare, divider: this.divider.state.at } : {}) };
  }

  // --- verbs -------------------------------------------------------------------------------------------------------

  choose(photo: string | null): void {
    const { compare } = this.app.state;
    if (photo === null) this.app.store.update({ photo, compare: null });
    else if (compare?.left === photo) this.swap();
    else this.app.store.update({ photo });
  }

  chooseLeft(left: string): void {
    const { compare, photo } = this.app.state;
    if (compare && left === photo) this.swap();
    else if (compare) this.app.store.update({ compare: { ...compare, left } });
  }

  /** A campaign picked on the time line takes the place of the nearer of the two. */
  pick(slug: string): void {
    if (this.sideOf(slug) === "left") this.chooseLeft(slug);
    else this.choose(slug);
  }

  sideOf(slug: string): "left" | "right" {
    const { compare, photo } = this.app.state;
    if (!compare || !photo || slug === photo) return "right";
    if (slug === compare.left) return "left";
    return sideToReplace(knownPhotos(this.app.state), compare.left, photo, slug);
  }

  swap(): void {
    const { compare, photo } = this.app.state;
    if (compare && photo) this.app.store.update({ photo: compare.left, compare: { ...compare, left: photo } });
  }

  /** The next older campaign, then none, then the newest again; `back` the other way. */
  async step(back = false): Promise<void> {
    await this.load();
    const turn = [null, ...byTime(knownPhotos(this.app.state)).reverse()];
    const at = turn.findIndex((one) => (one?.slug ?? null) === this.app.state.photo);
    if (this.app.state.photos?.status === "ready" && turn.length === 1) this.app.screen.openPanel("photos");
    else this.choose(turn[(at + (back ? turn.length - 1 : 1)) % turn.length]?.slug ?? null);
  }

  async toggleCompare(): Promise<void> {
    if (this.app.state.compare) return this.stopCompare();
    await this.load();
    const pair = firstPair(knownPhotos(this.app.state), this.app.state.photo);
    if (!pair) return this.app.screen.openPanel("photos");
    // On a phone the desk would lie over what is to be compared.
    if (isPhone()) this.app.screen.openPanel(null);
    this.opening = true;
    this.app.store.update({ photo: pair.right, compare: { mode: "swipe", left: pair.left } });
  }

  stopCompare(): void {
    this.app.store.update({ compare: null });
    keepFocus();
  }

  setMode(mode: CompareMode): void {
    const { compare } = this.app.state;
    if (compare) this.app.store.update({ compare: { ...compare, mode } });
  }

  toggleMode(): void {
    this.setMode(this.app.state.compare?.mode === "swipe" ? "side" : "swipe");
  }

  setBrightness(brightness: number): void {
    this.app.store.update({ brightness });
  }

  setHeightStyle(heightStyle: HeightStyle): void {
    this.app.store.update({ heightStyle });
  }

  /** Moves the divider of the swipe. */
  slide(at: number): void {
    this.divider.update({ at: Math.min(1, Math.max(0, at)) });
  }

  // --- trouble -----------------------------------------------------------------------------------------------------

  /** One tile did not come. Several: ask once whether the campaign is still ours to see, and say it once if it is. */
  async tileFailed(slug: string): Promise<void> {
    this.failures += 1;
    if (!this.app.state.online || this.failures < FAILURES || Date.now() - this.checkedAt < CHECK_MS) return;
    this.failures = 0;
    this.checkedAt = Date.now();
    await this.listAgain();
    const photo = knownPhotos(this.app.state).find((one) => one.slug === slug);
    if (!photo || this.told.has(slug)) return;
    this.told.add(slug);
    this.app.notices.add("warning", this.app.t("photos.tilesMissing", { name: photo.title }));
  }
}
