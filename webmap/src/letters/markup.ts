/** The markup of letters (`gis_core/letters/blocks.py`), read into blocks and written again: the same rules, here. */

export interface Run {
  readonly text: string;
  readonly bold: boolean;
}

export type Line = readonly Run[];

export type Block =
  | { readonly kind: "paragraph" | "bullets"; readonly lines: readonly Line[] }
  | { readonly kind: "heading"; readonly level: number; readonly lines: readonly Line[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly Line[])[] }
  | { readonly kind: "break" };

type Kind = Block["kind"] | "";

const PAGE_BREAK = "[saut de page]";
const HEADING = /^(#{1,2})\s+(.+)$/;
const BULLET = /^-\s+(.+)$/;
const ROW = /^\|(.*)\|$/;
const CELLS = /((?:\\.|[^\\|])*)\|/g;
const INLINE = /\\(.)|\*\*|[^\\*]+|./g;
export const MOST_CELLS = 8;

/** The blocks of a text. */
export function readMarkup(text: string): Block[] {
  const blocks: Block[] = [];
  let kind: Kind = "";
  let held: string[] = [];
  for (const line of [...text.replaceAll("\r\n", "\n").split("\n"), ""].map((one) => one.trim())) {
    const now = kindOfLine(line);
    if (held.length && kind && now !== kind) {
      blocks.push(blockOf(kind, held));
      held = [];
    }
    kind = now;
    if (kind === "heading" || kind === "break") blocks.push(blockOf(kind, [line]));
    else if (kind) held.push(line);
  }
  return blocks;
}

function kindOfLine(line: string): Kind {
  if (!line) return "";
  if (line.toLowerCase() === PAGE_BREAK) return "break";
  if (HEADING.test(line)) return "heading";
  if (BULLET.test(line)) return "bullets";
  return ROW.test(line) ? "table" : "paragraph";
}

function blockOf(kind: Block["kind"], lines: readonly string[]): Block {
  const heading = HEADING.exec(lines[0] ?? "");
  if (kind === "heading" && heading) {
    return { kind, level: heading[1]?.length ?? 1, lines: [runsOf(heading[2] ?? "")] };
  }
  if (kind === "bullets") return { kind, lines: lines.map((line) => runsOf(line.slice(1).trim())) };
  if (kind === "table") return { kind, rows: even(lines.map(cellsOf)) };
  return kind === "break" ? { kind } : { kind: "paragraph", lines: lines.map(runsOf) };
}

function cellsOf(line: string): Line[] {
  return [...line.slice(1).matchAll(CELLS)].map(([, cell]) => runsOf((cell ?? "").trim())).slice(0, MOST_CELLS);
}

/** Every row as wide as the widest. */
function even(rows: readonly Line[][]): Line[][] {
  const width = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...Array.from({ length: width - row.length }, () => [])]);
}

/** The words of a line; a pair of stars without its fellow stands for itself. */
function runsOf(text: string): Run[] {
  const tokens = [...text.matchAll(INLINE)].map((match) => ({ escaped: match[1], whole: match[0] }));
  const stars = tokens.filter(({ whole }) => whole === "**").length;
  const runs: Run[] = [];
  let bold = false;
  let seen = 0;
  for (const { escaped, whole } of tokens) {
    if (whole === "**") {
      seen += 1;
      if (seen < stars || bold) {
        bold = !bold;
        continue;
      }
    }
    addRun(runs, { text: escaped ?? whole, bold });
  }
  return runs;
}

/** Adds words to those before them where they are of the same weight. */
export function addRun(runs: Run[], { text, bold }: Run): void {
  const last = runs.at(-1);
  if (last?.bold === bold) runs[runs.length - 1] = { text: last.text + text, bold };
  else if (text) runs.push({ text, bold });
}

/** The text that says these blocks; what is empty is left out. */
export function writeMarkup(blocks: readonly Block[]): string {
  return blocks.map(writeBlock).filter(Boolean).join("\n\n");
}

function writeBlock(block: Block): string {
  switch (block.kind) {
    case "break":
      return PAGE_BREAK;
    case "heading": {
      const words = writeRuns(block.lines[0] ?? []).trim();
      return words && `${"#".repeat(block.level)} ${words}`;
    }
    case "bullets":
      return written(block.lines, (words) => `- ${words}`);
    case "table":
      return block.rows
        .map((row) => `| ${row.map((cell) => writeRuns(cell).trim().replaceAll("|", "\\|")).join(" | ")} |`)
        .join("\n");
    default:
      return written(block.lines, withoutMeaning);
  }
}

function written(lines: readonly Line[], write: (words: string) => string): string {
  return lines
    .map((line) => writeRuns(line).trim())
    .filter(Boolean)
    .map(write)
    .join("\n");
}

/** The words of a paragraph that would be read as something else, with a backslash before them. */
function withoutMeaning(words: string): string {
  return kindOfLine(words) === "paragraph" ? words : `\\${words}`;
}

function writeRuns(line: Line): string {
  return line.map(({ text, bold }) => (bold ? `**${escaped(text)}**` : escaped(text))).join("");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\*]/g, "\\$&");
}
