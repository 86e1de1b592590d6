"""Colours stand once, in tokens.css; what is read is told from what it is read on, in both themes."""

import re
import subprocess
from pathlib import Path

import pytest

from gis_core.operations.environment import ROOT

TOKENS = ROOT / "gis_core/static/gis_core/tokens.css"
ON_PAPER = {
    "gis_core/letters/letter.css",
    "layers/heights/paper.css",
    "layers/parcels/sheet.css",
    "networks/notifications/round.css",
    "networks/roads/study_sheet.css",
    "networks/water/outage_sheet.css",
    "networks/water/profile/profile.css",
    "simulation/insertion.css",
}
"""What is printed (PDF): black on white, whatever the screen shows."""
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|lab|lch|oklab|oklch|hwb)a?\(|:\s*(?:white|black)\b", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
READ_ON = [
    (ink, paper)
    for ink in ("ink", "ink-soft", "river", "accent-strong", "positive", "warning", "danger")
    for paper in ("paper", "raised")
] + [
    ("ink", "paper-sunk"), ("ink-soft", "paper-sunk"), ("ink", "accent-wash"), ("ink-soft", "accent-wash"),
    ("river", "accent-wash"), ("danger", "danger-wash"), ("warning", "warning-wash"), ("ink", "danger-wash"),
    ("ink", "warning-wash"), ("on-accent", "river"), ("on-accent", "accent-strong"), ("print-ink", "print-paper"),
    ("print-soft", "print-paper"),
]  # fmt: skip
CONTROLS = [("control-line", "paper"), ("control-line", "raised")]


def style_sheets() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.css"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for path in map(ROOT.joinpath, listed.split()) if path.exists()]


def test_no_other_style_sheet_writes_a_colour() -> None:
    written = {
        name: found
        for path in style_sheets()
        if path != TOKENS and (name := str(path.relative_to(ROOT))) not in ON_PAPER
        if (found := COLOUR.findall(COMMENT.sub("", path.read_text())))
    }
    assert not written


def test_no_token_is_defined_twice() -> None:
    names = re.findall(r"^    (--[\w-]+):", TOKENS.read_text(), re.MULTILINE)
    assert len(names) == len(set(names)) > 60


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_is_read_on_its_paper_and_controls_are_seen(theme: int) -> None:
    colours = {name: pair[theme] for name, pair in token_colours().items()}
    weak = [pair for pair in READ_ON if contrast(colours[pair[0]], colours[pair[1]]) < 4.5]
    weak += [pair for pair in CONTROLS if contrast(colours[pair[0]], colours[pair[1]]) < 3]
    assert not weak


def token_colours() -> dict[str, tuple[str, str]]:
    """Light and dark of each token that is a plain colour."""
    text = TOKENS.read_text()
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", text)
    fixed = re.findall(r"--([\w-]+): (#\w{6});", text)
    return {name: (light, dark) for name, light, dark in pairs} | {name: (one, one) for name, one in fixed}


def contrast(one: str, other: str) -> float:
    """As WCAG 2 counts it."""
    lower, higher = sorted((luminance(one), luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
