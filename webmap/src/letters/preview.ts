const PAUSE_MS = 500;

/** Shows a letter as it will be set, a moment after one stops typing; what is kept does not change. */
export class Preview {
  private waiting = 0;
  private asked: AbortController | null = null;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly sheet: HTMLElement,
    private readonly address: string,
    private readonly said: (failed: boolean) => void,
  ) {
    form.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = window.setTimeout(() => void this.show(), PAUSE_MS);
    });
  }

  private async show(): Promise<void> {
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    try {
      const options = { method: "POST", body: new FormData(this.form), signal: asked.signal };
      const response = await fetch(this.address, { ...options, headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      this.sheet.replaceChildren(...page.body.childNodes);
      this.said(false);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.said(true);
    }
  }
}
