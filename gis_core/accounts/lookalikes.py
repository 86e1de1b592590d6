"""Letters that look like others: `Ζ` of Greek for Z, `а` of Cyrillic for a, `ı` for i.

`lookalikes.csv` (code point, ASCII letters, Unicode name) holds what Unicode's confusables (UTS #39, confusables.txt)
say of signs that look like ASCII letters and are not one with marks; a capital whose prototype there is `l` is read as
the capital I that people see.
"""

import csv
import unicodedata
from functools import cache
from pathlib import Path


@cache
def table() -> dict[int, str]:
    with Path(__file__).with_name("lookalikes.csv").open(newline="") as file:
        return {int(row["code"], 16): row["letters"] for row in csv.DictReader(file)}


def plain_letters(text: str) -> str:
    """The text as it looks: compatibility forms composed, signs without a width gone, lookalikes as ASCII letters."""
    seen = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) not in ("Cf", "Cc"))
    return "".join(seen).translate(table())
