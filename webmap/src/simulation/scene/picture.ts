/** What is written in a picture; the last line is the warning. */
export interface Caption {
  readonly title: string;
  readonly lines: readonly string[];
  readonly warning: string;
}

const INK = "#1b1f24";
const PAPER = "#ffffff";
const FONT = "system-ui, sans-serif";

/** Lines that are no wider than the picture. */
export function wrap(text: string, most: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && widthOf(longer) <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A PNG of the view with its caption below it: nothing of the view is hidden, and the words go wherever it goes. */
export async function captioned(view: HTMLCanvasElement, { title, lines, warning }: Caption): Promise<Blob> {
  const size = Math.max(13, Math.round(view.width / 80));
  const [margin, line] = [size, Math.round(size * 1.45)];
  const paper = document.createElement("canvas");
  const pen = paper.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const rows = [
    { text: title, bold: true },
    ...lines.map((text) => ({ text, bold: false })),
    { text: warning, bold: true },
  ].flatMap(({ text, bold }) => {
    const font = `${bold ? 700 : 400} ${size}px ${FONT}`;
    pen.font = font;
    return wrap(text, view.width - 2 * margin, (one) => pen.measureText(one).width).map((row) => ({ row, font }));
  });
  paper.width = view.width;
  paper.height = view.height + 2 * margin + rows.length * line;
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, paper.width, paper.height);
  pen.drawImage(view, 0, 0);
  pen.fillStyle = INK;
  pen.textBaseline = "top";
  for (const [i, { row, font }] of rows.entries()) {
    pen.font = font;
    pen.fillText(row, margin, view.height + margin + i * line);
  }
  return new Promise((resolve, reject) =>
    paper.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
  );
}
