"""What is told of the rows of an import of assets: alike ones together on the page, all of them as a table."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis_core.desk.tables import as_csv
from gis_core.files.writing.rows import Column

QUOTED: Final = re.compile(r"«[^»]*»|“[^”]*”")
NUMBER: Final = re.compile(r"\d+(?:[\s\u00a0\u202f.,]\d+)*")
SHOWN_GROUPS: Final = 40
SHOWN_ROWS: Final = 12
SHOWN_WORDS: Final = 4

type Told = Mapping[str, Any]


def grouped(faults: Sequence[Told]) -> list[dict[str, Any]]:
    """Those that say the same but for a value, the most frequent first."""
    alike: dict[tuple[str, str], list[Told]] = {}
    for one in faults:
        said = NUMBER.sub("#", QUOTED.sub("«»", one["message"]))
        alike.setdefault((one["file"], said), []).append(one)
    return [group_of(told) for told in sorted(alike.values(), key=len, reverse=True)]


def group_of(told: Sequence[Told]) -> dict[str, Any]:
    """One message for all, where only what it quotes differs; else that of one row, as an example."""
    messages = dict.fromkeys(one["message"] for one in told)
    blank = dict.fromkeys(QUOTED.sub("« … »", one) for one in messages)
    first = next(iter(messages))
    rows = sorted({one["row"] for one in told if one["row"]})
    quoted = dict.fromkeys(word.strip("«»“” \u00a0\u202f") for one in messages for word in QUOTED.findall(one)[:1])
    return {
        "file": told[0]["file"],
        "message": first if len(messages) == 1 or len(blank) > 1 else next(iter(blank)),
        "example": len(blank) > 1,
        "words": list(quoted)[:SHOWN_WORDS] if len(messages) > 1 and len(blank) == 1 else [],
        "more_words": len(quoted) > SHOWN_WORDS,
        "count": len(told),
        "rows": rows[:SHOWN_ROWS],
        "more_rows": len(rows) > SHOWN_ROWS,
    }


def shown(faults: Sequence[Told]) -> dict[str, Any]:
    """For the page: rows that stay out, and what was done with others; each by file only where there are several."""
    left = grouped([one for one in faults if one["gravity"] == "error"])
    remarks = grouped([one for one in faults if one["gravity"] != "error"])
    return {
        "told_left": left[:SHOWN_GROUPS],
        "told_remarks": remarks[:SHOWN_GROUPS],
        "told_more": max(0, len(left) - SHOWN_GROUPS) + max(0, len(remarks) - SHOWN_GROUPS),
        "told_files": len({one["file"] for one in faults}) > 1,
    }


def table_of(faults: Sequence[Told]) -> bytes:
    """A row for each, for spreadsheets."""
    columns = [
        Column("file", _("File"), "text"),
        Column("row", _("Row"), "integer"),
        Column("gravity", _("Gravity"), "text"),
        Column("message", _("What is told"), "text"),
    ]
    words = {"error": pgettext("row", "Left out"), "warning": _("Remark")}
    return as_csv((columns, [[one["file"], one["row"], words[one["gravity"]], one["message"]] for one in faults]))
