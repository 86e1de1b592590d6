"""The shipped notes of acts: dated without gaps, each with its article and source, and in the page that says so."""

from collections import defaultdict
from datetime import date

import pytest

from gis_core.operations.environment import ROOT
from permits.acts.notes import Decision, Note, read_shipped_notes
from permits.deadlines.law import Kind

PAGE = (ROOT / "docs/reference/actes.md").read_text()


@pytest.mark.parametrize(
    "note", read_shipped_notes(), ids=lambda note: f"{note.code}-{note.since}-{'-'.join(sorted(note.kinds))}"
)
def test_each_sentence_is_in_the_reference_with_its_article_and_source(note: Note) -> None:
    assert note.text in PAGE
    assert note.article in PAGE
    assert note.source in PAGE
    assert note.source or note.confirmed == "no", "a sentence without a source is to be confirmed"


def test_texts_of_one_name_are_for_the_same_decisions_and_follow_each_other() -> None:
    """A member words a note by its name: that replaces it for these decisions alone."""
    by_name: dict[str, list[Note]] = defaultdict(list)
    for note in read_shipped_notes():
        by_name[note.name].append(note)
    for name, notes in by_name.items():
        assert len({(one.kinds, one.decisions, one.authorities, one.changes) for one in notes}) == 1, name
        assert [one.until for one in notes] == [*(one.since for one in notes[1:]), None], name


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2025, 11, 27), date(2025, 11, 28), date(2026, 11, 30)])
def test_each_decision_has_one_text_of_each_note(kind: Kind, day: date) -> None:
    outcome = "feasible" if kind.certifies else "granted"
    for changes in (False, True):
        decision = Decision(day=day, kind=kind, outcome=outcome, authority="mayor", changes=changes)
        texts: dict[str, list[Note]] = defaultdict(list)
        for note in read_shipped_notes():
            if note.is_for(decision):
                texts[note.code].append(note)
        assert {code for code, notes in texts.items() if len(notes) > 1} == set()
        assert {"remedies", "validity"} <= texts.keys()
