import { type Node, Schema } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";
import { addRun, type Block, type Line, type Run } from "./markup";

const TABLE = tableNodes({ tableGroup: "block", cellContent: "paragraph", cellAttributes: {} });

/** What a letter may hold, and nothing else: what is pasted loses the rest. */
export const LETTER = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    heading: {
      attrs: { level: { default: 1 } },
      content: "text*",
      group: "block",
      defining: true,
      parseDOM: [
        { tag: "h1", attrs: { level: 1 } },
        { tag: "h2", attrs: { level: 1 } },
        { tag: "h3", attrs: { level: 2 } },
        { tag: "h4", attrs: { level: 2 } },
      ],
      // The page has its own headings above.
      toDOM: (node) => [`h${Number(node.attrs["level"]) + 3}`, 0],
    },
    bullets: { content: "bullet+", group: "block", parseDOM: [{ tag: "ul" }, { tag: "ol" }], toDOM: () => ["ul", 0] },
    bullet: { content: "paragraph", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    page_break: {
      group: "block",
      atom: true,
      parseDOM: [{ tag: "hr" }],
      toDOM: () => ["hr", { class: "break" }],
    },
    ...TABLE,
    hard_break: {
      inline: true,
      group: "inline",
      selectable: false,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
    text: { group: "inline" },
  },
  marks: {
    strong: {
      parseDOM: [{ tag: "strong" }, { tag: "b" }, { style: "font-weight=bold" }, { style: "font-weight=700" }],
      toDOM: () => ["strong", 0],
    },
  },
});

const { nodes, marks } = LETTER;

/** The document of these blocks; an empty paragraph where there are none. */
export function documentOf(blocks: readonly Block[]): Node {
  const content = blocks.map(nodeOf);
  return made("doc", content.length ? content : [made("paragraph")]);
}

function made(kind: string, content: readonly Node[] = [], attrs: Record<string, unknown> | null = null): Node {
  const type = nodes[kind];
  if (!type) throw new Error(kind);
  return type.create(attrs, content);
}

function nodeOf(block: Block): Node {
  switch (block.kind) {
    case "break":
      return made("page_break");
    case "heading":
      return made("heading", textOf(block.lines[0] ?? []), { level: block.level });
    case "bullets":
      return made(
        "bullets",
        block.lines.map((line) => made("bullet", [made("paragraph", textOf(line))])),
      );
    case "table":
      return made(
        "table",
        block.rows.map((row, rank) =>
          made(
            "table_row",
            row.map((cell) => made(rank ? "table_cell" : "table_header", [made("paragraph", textOf(cell))])),
          ),
        ),
      );
    default:
      return made(
        "paragraph",
        block.lines.flatMap((line, rank) => [...(rank ? [made("hard_break")] : []), ...textOf(line)]),
      );
  }
}

function textOf(line: Line): Node[] {
  const strong = marks["strong"];
  return line
    .filter(({ text }) => text)
    .map(({ text, bold }) => LETTER.text(text, bold && strong ? [strong.create()] : []));
}

/** The blocks of a document. */
export function blocksOf(doc: Node): Block[] {
  return doc.children.map((node): Block => {
    switch (node.type.name) {
      case "page_break":
        return { kind: "break" };
      case "heading":
        return { kind: "heading", level: Number(node.attrs["level"]), lines: [oneLine(node)] };
      case "bullets":
        return { kind: "bullets", lines: node.children.map(oneLine) };
      case "table":
        return { kind: "table", rows: node.children.map((row) => row.children.map(oneLine)) };
      default:
        return { kind: "paragraph", lines: linesOf(node) };
    }
  });
}

/** The lines of a paragraph, parted by its breaks. */
function linesOf(node: Node): Line[] {
  const lines: Run[][] = [[]];
  for (const child of node.children) {
    if (child.isText) addRun(lines.at(-1) ?? [], { text: child.text ?? "", bold: child.marks.length > 0 });
    else lines.push([]);
  }
  return lines;
}

/** The words of what has one line, a cell or a bullet: breaks in it are spaces. */
function oneLine(node: Node): Line {
  const paragraphs = node.inlineContent ? [node] : node.children;
  const runs: Run[] = [];
  for (const [rank, line] of paragraphs.flatMap(linesOf).entries()) {
    if (rank) addRun(runs, { text: " ", bold: runs.at(-1)?.bold ?? false });
    for (const run of line) addRun(runs, run);
  }
  return runs;
}
