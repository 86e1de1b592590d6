import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Block, type Line, readMarkup, writeMarkup } from "../src/letters/markup";
import { blocksOf, documentOf } from "../src/letters/schema";

/** What `tests/gis_core/test_letter_markup.py` reads, too: both sides understand the same. */
const CASES = JSON.parse(readFileSync(join(import.meta.dirname, "letter-markup.json"), "utf8")) as {
  text: string;
  blocks: object[];
}[];

const pairs = (line: Line) => line.map(({ text, bold }) => [text, bold]);

function plain(block: Block): object {
  if (block.kind === "break") return block;
  if (block.kind === "table") return { kind: block.kind, rows: block.rows.map((row) => row.map(pairs)) };
  return { ...block, lines: block.lines.map(pairs) };
}

describe("the markup of letters", () => {
  it.each(CASES)("reads as the server does: $text", ({ text, blocks }) => {
    expect(readMarkup(text).map(plain)).toEqual(blocks);
  });

  it.each(CASES)("is written so that it reads the same: $text", ({ text, blocks }) => {
    expect(readMarkup(writeMarkup(readMarkup(text))).map(plain)).toEqual(blocks);
  });

  it("escapes what words would mean otherwise", () => {
    const lines = [[{ text: "# dièse * \\ **", bold: false }]];
    expect(readMarkup(writeMarkup([{ kind: "paragraph", lines }])).map(plain)).toEqual([
      { kind: "paragraph", lines: lines.map(pairs) },
    ]);
  });

  it("leaves out what is empty", () => {
    expect(
      writeMarkup([
        { kind: "paragraph", lines: [[]] },
        { kind: "bullets", lines: [[]] },
      ]),
    ).toBe("");
  });
});

describe("the document of the editor", () => {
  it.each(CASES)("holds what the markup says: $text", ({ text, blocks }) => {
    expect(blocksOf(documentOf(readMarkup(text))).map(plain)).toEqual(
      blocks.length ? blocks : [{ kind: "paragraph", lines: [[]] }],
    );
  });
});
