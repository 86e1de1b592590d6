"""Journals as pages show them, and records that are struck out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string

from gis_core.desk.cells import Cell
from gis_core.desk.journal import ACTION, DATE, PERSON, Journal, strike_out
from gis_core.desk.listing import Column
from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import Rights

AT = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)


@dataclass
class Line:
    by_name: str = "Ada"
    at: datetime = AT

    def get_action_display(self) -> str:
        return "Lu"


class Lines(list[Any]):
    """Lines as a queryset gives them."""

    def count(self, *_: Any) -> int:
        return len(self)

    def __getitem__(self, wanted: Any) -> Any:
        return Lines(super().__getitem__(wanted))


JOURNAL = Journal(
    columns=(
        DATE,
        PERSON,
        ACTION,
        Column("files", "Dossiers", cell=lambda *_: Cell("… (7)", links=(("PC 1", "/1/"),))),
    ),
    nothing="Personne n’a rien lu.",
)


def shown(rows: Any, **given: str) -> str:
    return render_to_string("desk/journal.html", {"journal": JOURNAL.page(rows, given)})


def test_a_line_says_when_who_and_what() -> None:
    page = shown(Lines([Line(), Line(by_name="")]))
    assert '<th scope="row"><time datetime="2026-02-01T10:30:00+01:00">1er fév. 2026 10:30</time></th>' in page
    assert '<td data-label="Personne">Ada</td>' in page
    assert '<td data-label="Personne">—</td>' in page
    assert '<td data-label="Action">Lu</td>' in page
    assert '<a class="number" href="/1/">PC 1</a> … (7)' in page


@pytest.mark.parametrize(
    ("given", "newer", "older"),
    [
        ({}, "", "?offset=100"),
        ({"offset": "100"}, "?offset=0", "?offset=200"),
        ({"offset": "50", "limit": "20"}, "?offset=30", "?offset=70"),
        ({"offset": "200"}, "?offset=100", ""),
    ],
)
def test_a_journal_comes_in_pages(given: dict[str, str], newer: str, older: str) -> None:
    pages = JOURNAL.page(Lines([Line()] * 250), given).pages
    assert (pages.previous, pages.next) == (newer, older)


def test_a_journal_without_lines_says_so() -> None:
    assert "Personne n’a rien lu." in shown(Lines())


@dataclass
class Meta:
    def get_field(self, _name: str) -> Any:
        return type("Field", (), {"max_length": 10})


@dataclass
class Inspection:
    struck_at: datetime | None = None
    struck_by_id: int | None = None
    strike_reason: str = ""
    saved: list[str] = field(default_factory=list)
    _meta: Meta = field(default_factory=Meta)

    def save(self, update_fields: list[str]) -> None:
        self.saved = update_fields


def strike(one: Any, reason: str) -> None:
    words = {"struck_already": "déjà rayé", "unexplained": "pourquoi ?", "reason_field": "strike_reason"}
    strike_out(one, reason, Rights(user_id=7), **words)


@pytest.mark.django_db
def test_a_record_that_is_struck_out_keeps_who_when_and_why() -> None:
    one = Inspection()
    strike(one, "  wrong\x00 hydrant ")
    assert (one.struck_by_id, one.strike_reason, one.saved) == (
        7,
        "wrong hydr",
        ["struck_at", "struck_by", "strike_reason"],
    )
    assert one.struck_at is not None
    with pytest.raises(Conflict, match="déjà rayé"):
        strike(one, "again")


@pytest.mark.parametrize("reason", ["", "  ", "\x00"])
def test_nothing_is_struck_out_without_a_reason(reason: str) -> None:
    one = Inspection()
    with pytest.raises(Invalid, match="pourquoi"):
        strike(one, reason)
    assert one.struck_at is None
