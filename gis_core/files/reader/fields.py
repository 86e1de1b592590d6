"""Names of a file's fields made into names that a column can have; pure, so that a wizard can show the mapping."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# What create_layer_table accepts is one longer.
LENGTH = 60
NOT_PLAIN = re.compile(r"[^a-z0-9]+")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
SPOKEN = str.maketrans({"%": " pct ", "€": " eur ", "°": " ", "²": "2", "³": "3"})
# fmt: off
# Columns that every layer's table has, and those that every PostgreSQL table has.
TAKEN = frozenset((
    "id", "version", "owner_id", "shared_with", "import_id", "geom", "geom_3857", "rank", "tableoid", "xmin",
    "cmin", "xmax", "cmax", "ctid",
))
# Reserved in PostgreSQL or in CQL2: quoted everywhere here, but not by whoever writes SQL or a filter by hand.
RESERVED = frozenset((
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "binary", "both", "boolean", "by", "case", "casei", "cast", "check", "collate", "collation", "column",
    "concurrently", "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "date", "default", "deferrable", "desc",
    "distinct", "div", "do", "else", "end", "except", "exists", "false", "fetch", "for", "foreign", "freeze",
    "from", "full", "grant", "group", "having", "ilike", "in", "initially", "inner", "intersect", "interval",
    "into", "is", "isnull", "join", "lateral", "leading", "left", "like", "limit", "localtime", "localtimestamp",
    "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer", "overlaps", "placing",
    "primary", "references", "returning", "right", "select", "session_user", "similar", "some", "symmetric",
    "system_user", "table", "tablesample", "then", "timestamp", "to", "trailing", "true", "union", "unique", "user",
    "using", "variadic", "verbose", "when", "where", "window", "with",
))
# fmt: on
SUFFIX = "_source"


@dataclass(frozen=True, slots=True)
class SafeName:
    """The column `name` for a field `source`; `changes` are codes of what had to change, none when only the case did.

    characters (accents, blanks, signs), digit (it began with one), length, taken (a column of the platform), word
    (reserved in SQL), duplicate.
    """

    source: str
    name: str
    changes: tuple[str, ...] = ()


def safe_names(sources: Iterable[str], taken: Sequence[str] = ()) -> list[SafeName]:
    """A column name for each field, in order: [a-z][a-z0-9_]*, at most 60 characters, all different, never `taken`."""
    used = set(taken)
    names = []
    for source in sources:
        name = _safe_name(source, used)
        used.add(name.name)
        names.append(name)
    return names


def _safe_name(source: str, used: set[str]) -> SafeName:
    plain = _plain(source)
    changes = [] if plain == source.lower() else ["characters"]
    if plain[:1].isdigit():
        plain = f"n_{plain}"
        changes.append("digit")
    if plain in TAKEN:
        plain += SUFFIX
        changes.append("taken")
    elif plain in RESERVED:
        plain += SUFFIX
        changes.append("word")
    if len(plain) > LENGTH:
        plain = plain[:LENGTH].rstrip("_")
        changes.append("length")
    free = _free(plain, used)
    return SafeName(source, free, (*changes, "duplicate") if free != plain else tuple(changes))


def _plain(source: str) -> str:
    """Letters without accents, digits, single underscores; never empty."""
    spoken = source.translate(SPOKEN).lower().translate(LIGATURES)
    bare = "".join(c for c in unicodedata.normalize("NFKD", spoken) if not unicodedata.combining(c))
    return NOT_PLAIN.sub("_", bare).strip("_") or "field"


def _free(name: str, used: set[str]) -> str:
    free, number = name, 1
    while free in used:
        number += 1
        suffix = f"_{number}"
        free = name[: LENGTH - len(suffix)].rstrip("_") + suffix
    return free
