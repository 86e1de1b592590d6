export function focusMap(): void {
  document.querySelector<HTMLElement>(".map-canvas")?.focus();
}

/** When what had the focus goes away, the map or what is said takes it: the next Tab is not at the top of the page again. */
export function keepFocus(take: () => void = focusMap): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.activeElement === document.body && take()));
}
