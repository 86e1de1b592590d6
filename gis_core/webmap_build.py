"""Which files the web map consists of, as its build wrote them in Vite's manifest."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

DIST = settings.BASE_DIR / "webmap" / "dist"
MANIFEST = DIST / ".vite" / "manifest.json"
ENTRY = "src/main.ts"
# What an entry imports as soon as it runs: fetched along with it.
AT_ONCE = {ENTRY: ("src/map/pair.ts",)}
# Letters of other scripts come when a page has some.
FONT = "-latin-wght-"


@dataclass(frozen=True)
class Build:
    """Addresses under /static/: the entry module, its style sheets, the modules and the fonts that it loads at once."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    fonts: tuple[str, ...] = ()


def read(entry: str = ENTRY) -> Build | None:
    """The present build of the map or of another entry, None when the web map has not been built."""
    try:
        modified = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return parse(MANIFEST, modified, entry)


@lru_cache(maxsize=8)
def parse(path: Path, modified: int, entry: str) -> Build:
    """Read a manifest; `modified` makes a new build seen without a restart."""
    chunks = json.loads(path.read_text())
    needed = reachable(chunks, entry, *AT_ONCE.get(entry, ()))
    return Build(
        script=address(chunks[entry]["file"]),
        styles=tuple(dict.fromkeys(address(style) for name in needed for style in chunks[name].get("css", []))),
        preloads=tuple(address(chunks[name]["file"]) for name in needed if name != entry),
        fonts=tuple(address(file) for name in needed for file in chunks[name].get("assets", []) if FONT in file),
    )


def reachable(chunks: dict[str, dict[str, list[str]]], *entries: str) -> list[str]:
    """The entries and their static imports, each once."""
    names: list[str] = []
    waiting = [name for name in reversed(entries) if name in chunks]
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.append(name)
            waiting += chunks[name].get("imports", [])
    return names


def address(file: str) -> str:
    return f"{settings.STATIC_URL}webmap/{file}"
