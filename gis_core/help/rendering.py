"""A guide as HTML: Markdown without any HTML of its own, links between guides led inside the product."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gis_core.help.guides import address_in, contents, guides

MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
NOT_ANCHOR = re.compile(r"[^\w\- ]")


@cache
def render_guide(path: str) -> SafeString:
    """The page of the guide of this path. KeyError where there is none."""
    return render(guides()[path].source, path.partition("/")[0])


@cache
def render_contents() -> SafeString:
    """The list of the guides."""
    return render(contents(), "")


def render(source: str, folder: str) -> SafeString:
    """Markdown of a page of this folder of `docs/` as HTML; HTML in it stays text."""
    tokens = MARKDOWN.parse(source)
    for heading, inline in headings_of(tokens):
        heading.attrSet("id", anchor_of(plain_text(inline)))
    label_cells(tokens)
    for token in tokens:
        rewrite_links(token.children or [], folder)
    html: str = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    # Its text and its addresses are escaped, HTML of its own is off, and its files come with the release.
    return mark_safe(html)  # noqa: S308


def headings_of(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Each heading with what it says."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            yield token, inline


def plain_text(inline: Token) -> str:
    """What a line says, without its marks."""
    return "".join(
        " " if one.type in ("softbreak", "hardbreak") else one.content
        for one in inline.children or []
        if one.type in ("text", "code_inline", "softbreak", "hardbreak")
    )


def anchor_of(heading: str) -> str:
    """The name of a heading in addresses, as GitHub makes it: links of `docs/` are written for it."""
    return NOT_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-")


def rewrite_links(tokens: Sequence[Token], folder: str) -> None:
    """Links and pictures get the addresses that they have in the product; a link to what is not in it becomes text."""
    opened: list[Token] = []
    for token in tokens:
        if token.type == "image":
            token.attrSet("src", address_in(str(token.attrGet("src")), folder))
            token.attrSet("loading", "lazy")
        elif token.type == "link_open":
            opened.append(token)
            address = address_in(str(token.attrGet("href")), folder)
            token.attrs = {"href": address} if address else {}
            token.tag = "a" if address else "span"
        elif token.type == "link_close":
            token.tag = opened.pop().tag


def label_cells(tokens: Sequence[Token]) -> None:
    """Cells say the heading of their column, which a phone shows beside them."""
    labels: list[str] = []
    column, in_head = 0, False
    for token, inline in pairwise(tokens):
        if token.type == "table_open":
            labels = []
        elif token.type in ("thead_open", "thead_close"):
            in_head = token.type == "thead_open"
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open" and in_head:
            labels.append(plain_text(inline))
            token.attrSet("scope", "col")
        elif token.type == "td_open":
            if column < len(labels) and labels[column]:
                token.attrSet("data-label", labels[column])
            column += 1
