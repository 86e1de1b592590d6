"""Words in the guides: in memory, without accents, the part of each guide that says most of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from gis_core.folding import fold_terms
from gis_core.help.guides import Guide, guides
from gis_core.help.rendering import MARKDOWN, anchor_of, plain_text

LONGEST_QUERY: Final = 200
MOST_TERMS: Final = 12
AROUND: Final = 90
"""Characters of an excerpt on each side of the word."""
SHORTEST: Final = 4
"""Letters that are typed before titles are searched."""
IN_TITLE, IN_HEADING, IN_TEXT = 6, 4, 1
WHOLE_WORD: Final = 3
"""Letters of a word that is searched as it is: the PLU is not the beginning of many words."""
NOUN_ENDING, SHORTEST_STEM = "ation", 5
"""Taken away, so that `simulation` leads to `simuler`."""
WORD = re.compile(r"\w+")
SMALL_TERMS: Final = frozenset(
    fold_terms(
        "a au aux avec ce ces comment d dans de des du en est et il j je l la le les ma mes mon n on ou par pour qu que"
        " quel quelle s sa se ses son sur un une y the of to how"
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under a heading of a guide; the terms of title, heading and text as ` one two`, to be searched."""

    guide: Guide
    heading: str
    text: str
    title_terms: str
    heading_terms: str
    text_terms: str

    @property
    def url(self) -> str:
        return f"{self.guide.url}#{anchor_of(self.heading)}" if self.heading != self.guide.title else self.guide.url


@dataclass(frozen=True, slots=True)
class Match:
    """A guide that says all words, the part of it that says them best, and what stands around the first."""

    guide: Guide
    part: Part
    score: int
    excerpt: str


def search_guides(text: str) -> list[Match]:
    """All guides that have all the words of a text, or their beginnings, in one of their parts: the best first."""
    terms = terms_of(text[:LONGEST_QUERY])
    if not terms:
        return []
    best: dict[str, tuple[int, Part]] = {}
    for part in parts():
        score = score_of(part, terms)
        if score > best.get(part.guide.path, (0, part))[0]:
            best[part.guide.path] = (score, part)
    ordered = sorted(best.values(), key=lambda pair: -pair[0])
    return [Match(part.guide, part, score, excerpt_of(part.text, terms)) for score, part in ordered]


def search_titles(text: str, limit: int) -> list[Match]:
    """The guides of whose title or one heading each word is the beginning of a word: titles first."""
    terms = terms_of(text[:LONGEST_QUERY])
    if sum(map(len, terms)) < SHORTEST:
        return []
    begins = [f" {term}" for term in terms]
    best: dict[str, Match] = {}
    for part in parts():
        of_title = part.heading == part.guide.title
        if (of_title or part.guide.path not in best) and all(one in part.heading_terms for one in begins):
            best[part.guide.path] = Match(part.guide, part, IN_TITLE if of_title else IN_HEADING, "")
    return sorted(best.values(), key=lambda one: -one.score)[:limit]


def terms_of(text: str) -> list[str]:
    """The words that are searched: without the small ones, without the s of a plural and the ending of an action."""
    terms = [term for term in fold_terms(text) if term not in SMALL_TERMS][:MOST_TERMS]
    return [stem_of(term[:-1] if len(term) > 4 and term.endswith(("s", "x")) else term) for term in terms]


def stem_of(term: str) -> str:
    stem = term.removesuffix(NOUN_ENDING)
    return stem if len(stem) >= SHORTEST_STEM else term


def needle_of(term: str) -> str:
    """What is looked for among terms: the beginning of a word, or the whole of a short one."""
    return f" {term} " if 1 < len(term) <= WHOLE_WORD else f" {term}"


def score_of(part: Part, terms: Sequence[str]) -> int:
    """How well a part says the words; 0 where one of them is missing."""
    score = 0
    for term in terms:
        needle = needle_of(term)
        points = (
            (IN_TITLE if needle in part.title_terms else 0)
            + (IN_HEADING if needle in part.heading_terms else 0)
            + (IN_TEXT if needle in part.text_terms else 0)
        )
        if not points:
            return 0
        score += points
    return score


def excerpt_of(text: str, terms: Sequence[str]) -> str:
    """The text around the first of the words, cut between words."""
    at = next((one.start() for one in WORD.finditer(text) if begins_with(one[0], terms)), 0)
    begin, end = max(0, at - AROUND), at + AROUND
    cut = text[begin:end]
    if begin:
        cut = "… " + cut.partition(" ")[2]
    if end < len(text):
        cut = cut.rpartition(" ")[0] + " …"
    return cut


def begins_with(word: str, terms: Sequence[str]) -> bool:
    said = f" {''.join(fold_terms(word))} "
    return any(said.startswith(needle_of(term)) for term in terms)


@cache
def parts() -> tuple[Part, ...]:
    """Every part of every guide."""
    return tuple(part for guide in guides().values() for part in parts_of(guide))


def parts_of(guide: Guide) -> Iterator[Part]:
    """A guide, cut at its headings."""
    heading, lines = guide.title, list[str]()
    is_heading = False
    for token in MARKDOWN.parse(guide.source):
        if token.type == "heading_open":
            yield part_of(guide, heading, lines)
            is_heading = True
        elif token.type == "inline" and is_heading:
            heading, lines, is_heading = plain_text(token), [], False
        elif token.type == "inline":
            lines.append(plain_text(token))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    yield part_of(guide, heading, lines)


def part_of(guide: Guide, heading: str, lines: Sequence[str]) -> Part:
    text = " ".join(" ".join(lines).split())
    return Part(guide, heading, text, join_terms(guide.title), join_terms(heading), join_terms(text))


def join_terms(text: str) -> str:
    """Its terms with a space before each and after the last: what begins with a word is found as ` word`."""
    return "".join(f" {word}" for word in fold_terms(text)) + " "
