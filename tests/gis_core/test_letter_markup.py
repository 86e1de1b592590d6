"""The markup of letters, as the editor of the web map reads and writes it (`webmap/tests/letters.test.ts`)."""

import json
from pathlib import Path
from typing import Any

import pytest

from gis_core.letters.blocks import Block, Runs, blocks_of

CASES = json.loads((Path(__file__).parents[2] / "webmap" / "tests" / "letter-markup.json").read_text())


def pairs(runs: Runs) -> list[list[Any]]:
    return [[run.text, run.bold] for run in runs]


def plain(block: Block) -> dict[str, Any]:
    if block.kind == "break":
        return {"kind": block.kind}
    if block.kind == "table":
        return {"kind": block.kind, "rows": [[pairs(cell) for cell in row] for row in block.rows]}
    level = {"level": block.level} if block.kind == "heading" else {}
    return {"kind": block.kind, **level, "lines": [pairs(line) for line in block.lines]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:30])
def test_the_server_reads_the_markup_as_the_editor_does(case: dict[str, Any]) -> None:
    assert [plain(block) for block in blocks_of(case["text"])] == case["blocks"]
