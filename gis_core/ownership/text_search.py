"""A person who asks, in what people write freely: a bounded search, whose hits a person reads and judges.

PostgreSQL finds, by table, the newest rows that may fit (`arpent.find_texts`), within a time; Python says which do, and
by what. Nothing of it is chosen, given or erased.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.db import OperationalError, transaction
from django.utils.html import strip_tags
from psycopg import sql
from psycopg.errors import QueryCanceled

from gis_core.database.statements import fetch_all, fetch_one
from gis_core.folding import fold_terms, without_accents
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS, FreeText, columns_of, is_searched, pages_of, title_of_texts
from gis_core.ownership.people import Sought, model_of, number_in

MOST_SECONDS: Final = 60.0
MOST_ROWS: Final = 500
"""So many rows of a table that may fit are read, the newest first."""
MOST_HITS: Final = 400
AROUND: Final = 90
"""So many characters are read on each side of what fits."""
MARKS: Final = re.compile(r'["{}\[\]\\]+')
"""What JSON writes around what people wrote."""
ESCAPED: Final = re.compile(r"\\[bfnrt]")
"""Ends of lines and the like, as JSON writes them: the letter is none of a word."""
WORD: Final = re.compile(r"[^\W_]+")
BEFORE, AFTER = r"(?:^|[^0-9a-z]|\\[bfnrt])", r"(?:[^0-9a-z]|$)"
"""Where a folded word begins and ends, for PostgreSQL: `_` is no letter of it, as in the names of files."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A row in whose free text the person may be: which column, by what (`name`, `email`, `phone`, `address`)."""

    mark: str
    title: str
    column: str
    by: list[str]
    excerpt: str
    url: str = ""


@dataclass(slots=True)
class Result:
    """The hits, and what was not read: [what, why in French]."""

    hits: list[Hit] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    tables: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"hits": [asdict(one) for one in self.hits], "unread": self.unread, "tables": self.tables}


def search_texts(sought: Sought, progress: Callable[[float], None] = lambda _share: None) -> Result:
    """Look through every declared free text, within MOST_SECONDS. For the worker, in a transaction."""
    result, end = Result(), time.monotonic() + MOST_SECONDS
    searched = [one for one in FREE_TEXTS.all() if is_searched(one)]
    for rank, one in enumerate(searched):
        progress(rank / len(searched))
        left = end - time.monotonic()
        if left <= 0 or len(result.hits) >= MOST_HITS:
            why = "le temps de la recherche est passé" if left <= 0 else f"déjà {MOST_HITS} textes à relire"
            result.unread += [(title_of_texts(each), why) for each in searched[rank:]]
            break
        search_table(one, sought, result, left)
    result.unread += list(never_read())
    return result


def search_table(one: FreeText, sought: Sought, result: Result, seconds: float) -> None:
    """Add what fits in a table; where there is too much of it, or no time, that is said."""
    title = title_of_texts(one)
    try:
        rows = rows_that_may_fit(one, sought, seconds)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        result.unread.append((title, "trop long à parcourir dans le temps de la recherche"))
        return
    result.tables += 1
    hits = list(hits_among(one, title, rows, sought))
    if len(rows) == MOST_ROWS:
        result.unread.append((title, f"plus de {MOST_ROWS} lignes à lire : les plus récentes seules l'ont été"))
    space = MOST_HITS - len(result.hits)
    if len(hits) > space:
        result.unread.append((title, f"{len(hits) - space} textes de plus : ajoutez le prénom ou l'adresse"))
    result.hits += hits[:space]


def rows_that_may_fit(one: FreeText, sought: Sought, seconds: float) -> list[tuple[int, list[str]]]:
    table = model_of(DECLARED.get(one.model))._meta.db_table
    (former,) = fetch_one("select current_setting('statement_timeout')")
    with transaction.atomic():
        fetch_one("select set_config('statement_timeout', %s, true)", [str(max(1, int(seconds * 1000)))])
        rows = fetch_all(
            sql.SQL("select id, texts from arpent.find_texts({}, {}::text[], %s, %s)").format(
                sql.Literal(table), sql.Literal(list(one.columns))
            ),
            [pattern_of(sought), MOST_ROWS],
        )
        fetch_one("select set_config('statement_timeout', %s, true)", [former])
    return [(int(row), list(texts)) for row, texts in rows]


def pattern_of(sought: Sought) -> str:
    """A regular expression of PostgreSQL that every folded text which fits holds, and few others."""
    parts = []
    if sought.parts:
        parts.append(BEFORE + max(sorted(sought.parts), key=len) + AFTER)
    if sought.place:
        parts.append(BEFORE + max(sorted(sought.place), key=len) + AFTER)
    if sought.email:
        folded = "".join(letter if letter.isalnum() else f"\\{letter}" for letter in without_accents(sought.email))
        parts.append(folded)
    if sought.digits:
        parts.append(r"\D{0,3}".join(sought.digits))
    return "|".join(f"(?:{part})" for part in parts)


def hits_among(one: FreeText, title: str, rows: Sequence[tuple[int, list[str]]], sought: Sought) -> Iterator[Hit]:
    """Those that do fit, with their pages."""
    labels = list(columns_of(one).values())
    fitting = [(row, read_text(texts, sought)) for row, texts in rows]
    fitting = [(row, reading) for row, reading in fitting if reading is not None]
    pages = pages_of(one, [row for row, _reading in fitting])
    for row, reading in fitting:
        assert reading is not None
        place, by, excerpt = reading
        yield Hit(f"{one.model}:{row}", title, labels[place], by, excerpt, pages.get(row, ""))


def read_text(texts: Sequence[str], sought: Sought) -> tuple[int, list[str], str] | None:
    """Where a row's texts fit: the place of the column, by what, and the words around; None where they do not."""
    texts = [ESCAPED.sub(" ", text) if text[:1] in ('"', "{", "[") else text for text in texts]
    whole = " ".join(texts)
    by = reasons(whole, sought)
    if not by:
        return None
    for place, text in enumerate(texts):
        bare = " ".join(MARKS.sub(" ", strip_tags(text)).split())
        span = span_of(bare, sought, by)
        if span:
            start, end = max(0, span[0] - AROUND), span[1] + AROUND
            return place, by, ("… " if start else "") + bare[start:end] + (" …" if end < len(bare) else "")
    return 0, by, " ".join(whole.split())[: 2 * AROUND]


def reasons(text: str, sought: Sought) -> list[str]:
    """By what a text fits: all parts of the name, the e-mail address, the number, all words of the postal address."""
    terms = set(fold_terms(text))
    facts = {
        "name": bool(sought.parts) and sought.parts <= terms,
        "email": bool(sought.email) and sought.email in text.casefold(),
        "phone": bool(sought.digits) and number_in(text, sought.digits) is not None,
        "address": bool(sought.place) and sought.place <= terms,
    }
    return [name for name, fits in facts.items() if fits]


def span_of(text: str, sought: Sought, by: Sequence[str]) -> tuple[int, int] | None:
    """From where to where in a text the first thing that fits stands."""
    if "email" in by and (start := text.casefold().find(sought.email)) >= 0:
        return start, start + len(sought.email)
    if "phone" in by and (number := number_in(text, sought.digits)):
        return number.span()
    wanted = (sought.parts if "name" in by else frozenset()) | (sought.place if "address" in by else frozenset())
    for word in WORD.finditer(text):
        if wanted & set(fold_terms(word.group())):
            return word.span()
    return None


def never_read() -> Iterator[tuple[str, str]]:
    """What this search reads nowhere."""
    yield (
        "le contenu des documents (PDF, images, tableurs)",
        "la plateforme n’en garde pas le texte : leurs titres sont lus",
    )
    yield (
        "les objets des couches importées",
        "la plateforme ne sait pas ce que disent leurs colonnes",
    )
    yield "les propriétaires", "ils sont lus par leur page seule, qui écrit son journal"
    yield "les lignes qu’un import a remplacées", "elles partent trente jours après, et des propriétaires en sont"
    yield "les sauvegardes déjà faites", "elles gardent l’ancien état jusqu’à leur fin"
