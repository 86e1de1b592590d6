"""Words that a file is found by: lower case, no accents, no punctuation, a space before each."""

import re
import unicodedata

ACCENTED, BARE = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ", "aaaaaaceeeeiiiinooooouuuuyy"
NOT_WORD = re.compile(r"[^0-9a-z]+")


def fold_terms(text: str) -> list[str]:
    """The words of what somebody typed, as `fields.Folded` keeps them."""
    flat = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    bare = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return [word for word in NOT_WORD.split(bare) if word]
