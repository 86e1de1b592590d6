"""A column of words to find files by."""

from typing import Any, ClassVar

from django.db.models import Func, TextField

from permits.folding import ACCENTED, BARE


class Folded(Func):
    """Texts as one text of such words, kept in a column: under a policy no index answers for a function."""

    arg_joiner = " || ' ' || "
    template = (
        "regexp_replace(translate(replace(lower(' ' || %(expressions)s), 'œ', 'oe'), "
        f"'{ACCENTED}', '{BARE}'), '[^0-9a-z]+', ' ', 'g')"
    )
    output_field: ClassVar[Any] = TextField()
