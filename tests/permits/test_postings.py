"""What a town hall posts: notices of filing (R.423-6), decisions (R.424-15); from which day to which, by whom."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Role
from gis_core.models import Letter
from permits.letters import LetterRequest
from permits.models import Event, Permit
from permits.services.letters import begin_letter
from tests.permits.conftest import World

HTML = {"accept": "text/html"}
TOWN = Role.TOWN_HALL


@pytest.fixture(autouse=True)
def spring(on_day: Any) -> None:
    on_day(date(2026, 5, 20))


def address(permit: Permit, what: str) -> str:
    return f"/permis/{permit.number}/evenements/{what}/"


def post(world: World, permit: Permit, what: str, who: str = TOWN, **form: str) -> Any:
    return world.client(who).post(address(permit, what), form, headers=HTML)


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def granted(world: World) -> Permit:
    return world.record(world.file(), "decided", date(2026, 3, 2), outcome="granted")


def postings(world: World, permit: Permit) -> list[tuple[str, date, str | None, bool]]:
    with world.as_():
        rows = Event.objects.filter(permit=permit, what__in=("filing_posted", "posted_town_hall")).order_by("pk")
        return [(one.what, one.on_date, one.detail["posted_until"], one.struck_at is not None) for one in rows]


def test_the_town_hall_records_the_posting_of_a_filing_with_its_days(world: World) -> None:
    permit = world.file()
    form = {"on": "2026-01-07", "posted_until": "2026-03-05"}
    assert post(world, permit, "filing_posted", **form).status_code == 302
    assert postings(world, permit) == [("filing_posted", date(2026, 1, 7), "2026-03-05", False)]
    page = said(world.client().get(f"/permis/{permit.number}/", headers=HTML))
    assert "Avis de dépôt affiché en mairie" in page
    assert "affiché jusqu’au 5 mars 2026" in page
    assert f"par {world.people[TOWN]}" in page


def test_it_records_the_posting_of_a_decision(world: World) -> None:
    permit = granted(world)
    assert post(world, permit, "posted_town_hall", on="2026-03-05").status_code == 302
    assert postings(world, permit) == [("posted_town_hall", date(2026, 3, 5), None, False)]


def test_once_it_is_taken_down_the_record_with_both_days_replaces_the_first(world: World) -> None:
    permit = granted(world)
    post(world, permit, "posted_town_hall", on="2026-03-05")
    form = said(world.client(TOWN).get(address(permit, "posted_town_hall"), headers=HTML))
    assert 'value="2026-03-05"' in form
    post(world, permit, "posted_town_hall", on="2026-03-05", posted_until="2026-05-11")
    assert postings(world, permit) == [
        ("posted_town_hall", date(2026, 3, 5), None, True),
        ("posted_town_hall", date(2026, 3, 5), "2026-05-11", False),
    ]


@pytest.mark.parametrize(
    ("what", "form", "words"),
    [
        ("filing_posted", {"on": "2026-01-02"}, "rien ne lui arrive avant"),
        ("filing_posted", {"on": "2026-06-01"}, "ce jour n’est pas encore"),
        ("filing_posted", {"on": "2026-02-01", "posted_until": "2026-01-31"}, "retiré avant d’avoir été affiché"),
        ("filing_posted", {"on": "2026-02-01", "posted_until": "2026-06-30"}, "30/06/2026"),
        ("filing_posted", {"on": "hier"}, "date valide"),
        ("posted_town_hall", {"on": "2026-02-20"}, "n’est pas affiché avant"),
    ],
)
def test_bad_days_are_told(world: World, what: str, form: dict[str, str], words: str) -> None:
    permit = granted(world)
    answer = post(world, permit, what, **form)
    assert answer.status_code == 400
    assert words.casefold() in said(answer).casefold()
    assert postings(world, permit) == []


def test_of_a_certificate_nothing_is_posted(world: World) -> None:
    permit = world.file(kind="CUa")
    assert post(world, permit, "filing_posted", on="2026-01-07").status_code in (400, 409)
    assert postings(world, permit) == []


@pytest.mark.parametrize(("who", "status"), [(Role.READER, 403), ("stranger", 404), (Role.PERMIT_INSTRUCTOR, 302)])
def test_who_records_a_posting(world: World, who: str, status: int) -> None:
    assert post(world, world.file(), "filing_posted", who, on="2026-01-07").status_code == status


def test_a_town_hall_records_none_of_another_commune(world: World) -> None:
    permit = world.file(insee="45902", parcels=[])
    assert post(world, permit, "filing_posted", on="2026-01-07").status_code == 404


def test_the_page_of_the_town_hall_offers_it_until_the_last_day_is_known(world: World) -> None:
    permit = granted(world)
    page, link = f"/permis/{permit.number}/", f'class="button" href="{address(permit, "posted_town_hall")}"'
    assert link in said(world.client(TOWN).get(page, headers=HTML))
    post(world, permit, "posted_town_hall", on="2026-03-05", posted_until="2026-05-11")
    assert link not in said(world.client(TOWN).get(page, headers=HTML))


# -- the certificate of posting ---------------------------------------------------------------------------------------


def certificate(world: World, permit: Permit) -> Letter:
    with world.as_():
        return begin_letter(permit, kind_of("permit-posted"), LetterRequest(), world.rights())


def test_the_certificate_of_posting_says_what_was_posted_when(world: World) -> None:
    permit = granted(world)
    post(world, permit, "filing_posted", on="2026-01-07", posted_until="2026-03-02")
    post(world, permit, "posted_town_hall", on="2026-03-05", posted_until="2026-05-11")
    letter = certificate(world, permit)
    assert "(article R.423-6 du code de l’urbanisme), du 7 janvier 2026 au 2 mars 2026" in letter.body
    assert "(article R.424-15 du code de l’urbanisme), du 5 mars 2026 au 11 mai 2026" in letter.body
    assert "à compléter" not in letter.body
    assert "Jeanne Dupuis" in letter.signatory


def test_it_is_not_complete_while_something_is_still_posted(world: World) -> None:
    permit = granted(world)
    post(world, permit, "posted_town_hall", on="2026-03-05")
    assert "[à compléter : dernier jour d’un affichage en cours]" in certificate(world, permit).body
    assert "[à compléter : ce qui a été affiché" in certificate(world, world.file()).body
