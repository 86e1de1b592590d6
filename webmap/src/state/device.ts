/** The width below which the panels become a bottom sheet, as in the style sheets. */
export const isPhone = (): boolean => matchMedia("(max-width: 760px)").matches;
