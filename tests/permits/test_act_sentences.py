"""Every sentence of the built-in letters is in the reference, with its article, its source and its test."""

import re
from functools import cache
from typing import NamedTuple

import pytest

from gis_core.errors import Invalid
from gis_core.letters.kinds import LetterKind, Value
from gis_core.letters.services import check_whole
from gis_core.letters.template import TO_CONFIRM, Template
from gis_core.models import Letter
from gis_core.operations.environment import ROOT
from permits.acts.kinds import KINDS as ACTS
from permits.acts.notes import read_shipped_notes
from permits.letters import FOLDER, KINDS

PAGE = (ROOT / "docs/reference/actes.md").read_text()
DELAYS = (ROOT / "docs/reference/delais-permis.md").read_text()
ARTICLE = re.compile(r"[LRA]\.\d+(?:-\d+)*")
CONDITION = re.compile(r"\{\{ (si .*|fin|sinon) \}\}")
OF_LAW = re.compile(r"articles?\s+[\dLRA{]|\b[LRA]\.\d|à confirmer")


class Row(NamedTuple):
    """A sentence of law in the reference."""

    sentence: str
    templates: tuple[str, ...]
    article: str
    source: str
    tests: tuple[str, ...]


def sentences_of(template: str) -> list[str]:
    lines = (line.strip() for line in (FOLDER / f"{template}.txt").read_text().splitlines())
    return [line for line in lines if line and not CONDITION.fullmatch(line)]


TEMPLATES = {path.stem: sentences_of(path.stem) for path in sorted(FOLDER.glob("*.txt"))}


def rows_of_law() -> list[Row]:
    part = PAGE.partition("## Les phrases des modèles")[2].partition("### Ce qui ne dit rien du droit")[0]
    cells = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in part.splitlines() if line.startswith("| ")][1:]
    return [
        Row(text.replace("\\|", "|"), tuple(where.split(", ")), article, source, tuple(re.findall(r"`(\w+)`", tests)))
        for text, where, article, source, tests in cells
    ]


def lines_of_the_file() -> set[str]:
    return set(
        PAGE.partition("### Ce qui ne dit rien du droit")[2].partition("```text\n")[2].partition("```")[0].splitlines()
    )


@cache
def kinds() -> dict[str, LetterKind]:
    """The kind of each template, by its first line and text."""
    return {name: one for one in (*KINDS, *ACTS) for name, lines in TEMPLATES.items() if lines[0] == one.title}


@cache
def names_of_tests() -> frozenset[str]:
    paths = (ROOT / "tests/permits").glob("test_*.py")
    return frozenset(name for path in paths for name in re.findall(r"def test_(\w+)", path.read_text()))


def test_the_reference_holds_each_line_of_the_templates_and_no_other() -> None:
    said = [row.sentence for row in rows_of_law()]
    assert len(said) == len(set(said))
    assert set(said) | lines_of_the_file() == {line for lines in TEMPLATES.values() for line in lines}
    assert set(said) & lines_of_the_file() == set()


def test_what_cites_an_article_is_told_with_its_source() -> None:
    assert [line for line in lines_of_the_file() if OF_LAW.search(line)] == []


def unconfirmed_sentences() -> list[str]:
    """Those of the built-in texts, letters and notes, whose law nobody read."""
    lines = [line for lines in TEMPLATES.values() for line in lines if TO_CONFIRM in line]
    return sorted({*lines, *(note.text for note in read_shipped_notes() if note.confirmed == "no")})


@pytest.mark.parametrize("sentence", unconfirmed_sentences(), ids=lambda text: text[:40])
def test_a_sentence_that_nobody_confirmed_is_listed_for_a_lawyer(sentence: str) -> None:
    assert f"| {sentence} |" in PAGE.partition("## À relire par un juriste")[2]


@pytest.mark.parametrize("kind", [one for one in (*KINDS, *ACTS) if TO_CONFIRM in one.body], ids=lambda kind: kind.code)
def test_a_sentence_that_nobody_confirmed_is_not_numbered(kind: LetterKind) -> None:
    """Nothing else is left to do: every other place is completed."""
    body = re.sub(
        r"\[à compléter[^\]]*\]", "fait", Template(kind.body, kind).filled(kind.samples() | {"certificat": True})
    )
    letter = Letter(kind=kind.code, title="Objet", body=body, recipient="Jeanne Exemple", signatory="Le maire")
    with pytest.raises(Invalid, match="à confirmer"):
        check_whole(letter)


def test_every_test_that_the_reference_names_is_there() -> None:
    fields = {name for kind in (*KINDS, *ACTS) for name in kind.fields_by_name()}
    named = set(re.findall(r"`([a-z]\w*_\w+_\w+)`", PAGE)) - fields
    assert {name for name in named if not name.startswith("test_")} <= names_of_tests()


@pytest.mark.parametrize("row", rows_of_law(), ids=lambda row: row.sentence[:40])
def test_a_sentence_of_law_is_told_where_it_stands_with_its_source_and_its_test(row: Row) -> None:
    assert sorted(row.templates) == sorted(name for name, lines in TEMPLATES.items() if row.sentence in lines)
    assert row.article
    assert row.source != "aucune" or "à confirmer" in row.article
    if "delais-permis.md" in row.source:
        assert [
            one for one in ARTICLE.findall(row.article) if not re.search(rf"{re.escape(one)}(?![-\d])", DELAYS)
        ] == []
    assert row.tests
    assert set(row.tests) <= names_of_tests()


@pytest.mark.parametrize(
    ("template", "sentence"),
    [(name, row.sentence) for row in rows_of_law() for name in row.templates],
    ids=lambda text: text[:40],
)
def test_a_sentence_of_law_is_printed(template: str, sentence: str) -> None:
    """Filled with the samples of its kind's fields, or where nothing is known: on either side of a condition."""
    kind = kinds()[template]
    body, values = (FOLDER / f"{template}.txt").read_text().partition("\n")[2], kind.samples()
    flags = [name for name, value in values.items() if isinstance(value, bool)]
    known = [values | dict.fromkeys(flags, flag) for flag in (True, False)]
    nothing: dict[str, Value] = {name: [] if isinstance(value, tuple) else "" for name, value in values.items()}
    said = Template(sentence, kind).filled(values)
    assert any(said in Template(body, kind).filled(given) for given in (*known, nothing))
