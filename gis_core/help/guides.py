"""Which pages of `docs/` are guides: those that its README lists above what is for developers.

They are read once by each process, as they come with the release. A guide is known by its path without its ending,
`how-to/rechercher`: what people ask for is looked up among these, and never opened by a name that they gave.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from gis_core.points import GUIDES

DOCS: Final[Path] = settings.BASE_DIR / "docs"
FOLDERS: Final = ("how-to", "tutoriel", "reference", "explanation")
IMAGES: Final = "images"
MEDIA_TYPES: Final = {".png": "image/png", ".pdf": "application/pdf"}
FOR_DEVELOPERS: Final = "Développer"
LINK = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<target>[^)\s]+)\)")
TITLE = re.compile(r"^# +(.+)$", re.MULTILINE)
SECTION = re.compile(r"^## +(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Guide:
    """A page of `docs/`: its path there without `.md`, its title, its Markdown."""

    path: str
    title: str
    source: str

    @property
    def url(self) -> str:
        return reverse("guide", args=self.path.split("/"))


@cache
def contents() -> str:
    """The list of guides, in Markdown: what the README of `docs/` says, without its title and without developers."""
    text = (DOCS / "README.md").read_text()
    begin = SECTION.search(text)
    return text[begin.start() if begin else 0 :].partition(f"## {FOR_DEVELOPERS}")[0]


@cache
def guides() -> Mapping[str, Guide]:
    """Every guide by its path, in the order of the list."""
    paths = dict.fromkeys(path for match in LINK.finditer(contents()) if (path := path_of(match["target"], "")))
    return {path: read_guide(path) for path in paths if (DOCS / f"{path}.md").is_file()}


def read_guide(path: str) -> Guide:
    source = (DOCS / f"{path}.md").read_text()
    title = TITLE.search(source)
    return Guide(path, title[1].strip() if title else path.rpartition("/")[2], source)


@cache
def images() -> Mapping[str, Path]:
    """The pictures and documents that guides show, by name."""
    return {one.name: one for one in sorted((DOCS / IMAGES).iterdir()) if one.suffix in MEDIA_TYPES}


def path_of(target: str, folder: str) -> str:
    """The path of the page of `docs/` that a link of a page in this folder leads to; empty for any other address."""
    name, _hash, _anchor = target.partition("#")
    if "://" in name or not name.endswith(".md"):
        return ""
    path = posixpath.normpath(posixpath.join(folder, name))[: -len(".md")]
    return path if path.count("/") == 1 and path.partition("/")[0] in FOLDERS else ""


def address_in(target: str, folder: str) -> str:
    """Where a link or a picture of a guide in this folder leads inside the product; empty where it has no such page."""
    if target.startswith(("#", "https://", "http://")):
        return target
    guide = guides().get(path_of(target, folder))
    if guide:
        anchor = target.partition("#")[2]
        return guide.url + (f"#{anchor}" if anchor else "")
    path = posixpath.normpath(posixpath.join(folder, target))
    name = path.removeprefix(f"{IMAGES}/")
    return reverse("guide_image", args=[name]) if name in images() else ""


def guide_address(request: HttpRequest) -> str:
    """The address of the guide of the page that was asked for: that given for the longest beginning of its address."""
    path = request.path.lstrip("/")
    given = [(under, one.guide) for one in GUIDES.all() for under in one.under if path.startswith(under)]
    guide = guides().get(max(given, key=lambda pair: len(pair[0]))[1]) if given else None
    return guide.url if guide else reverse("help")


def guides_of_panels() -> dict[str, str]:
    """The address of the guide of each panel of the map that has one."""
    known = guides()
    return {panel: known[one.guide].url for one in GUIDES.all() for panel in one.panels if one.guide in known}
