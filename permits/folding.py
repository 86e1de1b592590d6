"""Words that a file is found by: lower case, no accents, no punctuation, a space before each."""

import re
import unicodedata
from typing import Any, ClassVar

from django.db.models import Func, TextField

ACCENTED, BARE = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ", "aaaaaaceeeeiiiinooooouuuuyy"
NOT_WORD = re.compile(r"[^0-9a-z]+")


class Folded(Func):
    """Texts as one text of such words, kept in a column: under a policy no index answers for a function."""

    arg_joiner = " || ' ' || "
    template = (
        "regexp_replace(translate(replace(lower(' ' || %(expressions)s), 'œ', 'oe'), "
        f"'{ACCENTED}', '{BARE}'), '[^0-9a-z]+', ' ', 'g')"
    )
    output_field: ClassVar[Any] = TextField()


def folded(text: str) -> list[str]:
    """The words of what somebody typed, as `Folded` keeps them."""
    flat = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    bare = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return [word for word in NOT_WORD.split(bare) if word]
