"""Whether a text that everybody may read looks as if it named a natural person whom the file does not know.

PostgreSQL leaves out a text that holds a name of the file, or a title (`arpent.public_text`). Here it is a first name,
a word that leads to a name, capitals among small letters, or an initial. Names of streets, schools and saints, and
usual words of works, are no names. Rather too much is left out than too little; what still passes is told in the guide
(`docs/how-to/suivre-les-permis.md`).
"""

import csv
import re
from functools import cache
from pathlib import Path

from permits.folding import fold_terms

FILE = Path(__file__).with_name("public_terms.csv")
LETTERS = r"[^\W\d_]"
WORD = re.compile(rf"{LETTERS}+")
LEADS = (
    "pour|chez|par|appartenant à|propriété|au nom|le compte|maître d[’']ouvrage|bénéficiaires?|demandeurs?"
    "|pétitionnaires?|acquéreurs?|vendeurs?|maison|terrain|habitation|logement|parcelle|garage|piscine|véranda|jardin"
)
AFTER_LEAD = re.compile(rf"\b(?i:{LEADS})\s*:?\s*(?i:de |à |d[’'])?(?=({LETTERS}{{2,}}))")
NO_MEASURE = r"(?<!\d)(?<!\d\s)"  # « 12 m Nord » and « 30 m. Nord » name nobody
INITIAL = re.compile(
    rf"{NO_MEASURE}\b(?:MM?\s+|m\s+|m\.\s*)[A-ZÀ-Þ]|\b(?:de|à|par|pour|chez|et)\s+m\.\s*{LETTERS}{{2}}"
    rf"|\b[A-ZÀ-Þ]\.\s*-?[A-ZÀ-Þ]{LETTERS}+|\b[A-ZÀ-Þ]{LETTERS}+\s+[A-ZÀ-Þ]\."
)
PLACES = re.compile(
    r"\b(?:rue|avenue|av\.?|boulevard|bd|place|impasse|all[ée]e|chemin|quai|square|cours|route|passage|ruelle|sentier"
    r"|faubourg|rond-point|[ée]cole|coll[èe]ge|lyc[ée]e|stade|gymnase|lieu-dit|zac)"
    r"(?:\s+(?!(?:pour|chez|par|appartenant|propriété|indivision)\b)[^\s,;:()]+){1,6}"
    rf"|\bsainte?[ -]+{LETTERS}+",
    re.IGNORECASE,
)


@cache
def terms_of(kind: str) -> frozenset[str]:
    """The terms of a kind in `public_terms.csv`, folded: `name` or `works`."""
    with FILE.open(newline="", encoding="utf-8") as rows:
        return frozenset(row["code"] for row in csv.DictReader(rows) if row["kind"] == kind)


def names_somebody(text: str) -> bool:
    """Whether a text may name a person."""
    said = PLACES.sub(" ", text)
    if not terms_of("name").isdisjoint(fold_terms(said)) or INITIAL.search(said):
        return True
    if said.isupper():
        return False  # among capitals, nothing tells a name from a word
    shouted = (word for word in WORD.findall(said) if len(word) > 2 and word.isupper())
    led = (word for word in AFTER_LEAD.findall(said) if word[0].isupper())
    return any(not is_of_works(word) for word in (*shouted, *led))


def is_of_works(word: str) -> bool:
    return terms_of("works").issuperset(fold_terms(word))
