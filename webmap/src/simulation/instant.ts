/** Legal time in France, as a person says it: a day and minutes since midnight. */
export interface Instant {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly minutes: number;
}

const ZONE = "Europe/Paris";
export const FIRST_MINUTE = 5 * 60;
export const LAST_MINUTE = 22 * 60;
export const STEP_MINUTES = 15;
const STRIP_DAYS = ["03-21", "06-21", "12-21"] as const;
const STRIP_HOURS = [9, 12, 15] as const;

const two = (value: number): string => String(value).padStart(2, "0");
export const clock = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

/** How far legal time is ahead of UTC at an instant, in minutes. */
function aheadOfUtc(at: Date): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: ZONE,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const told = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
  return Math.round((told - at.getTime()) / 60_000);
}

/** ISO 8601 with its offset. */
export function isoOf({ day, minutes }: Instant): string {
  const asUtc = new Date(`${day}T${clock(minutes)}:00Z`);
  // In the middle of the year and of the day one guess is enough; near a change of hour the second one is right.
  const guess = aheadOfUtc(asUtc);
  const offset = aheadOfUtc(new Date(asUtc.getTime() - guess * 60_000));
  return `${day}T${clock(minutes)}:00+${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
}

export const isDay = (text: string): boolean =>
  /^(19[5-9]\d|20[0-4]\d)-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** Three days of a year, at three hours each: the longest day, an equinox, the shortest. */
export const stripOf = (year: string): Instant[] =>
  STRIP_DAYS.flatMap((day) => STRIP_HOURS.map((hour) => ({ day: `${year}-${day}`, minutes: hour * 60 })));

export const STRIP_COLUMNS = STRIP_HOURS.length;
