/** Gives the focus to a finished document beside its button, unless somebody went on to something else meanwhile. */
export function offer(host: Element, document: string): void {
  const { activeElement, body } = host.ownerDocument;
  const elsewhere = activeElement !== null && activeElement !== body && !host.contains(activeElement);
  const typing = activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement;
  if (!elsewhere && !typing) host.querySelector<HTMLElement>(document)?.focus();
}
