"""Acts are numbered in the member's own series: its pattern, without gaps, each number once."""

from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from gis_core.errors import Conflict, Invalid
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Role
from permits.acts.numbering import NumberPattern, begin_numbers, next_number_of
from permits.letters import LetterRequest
from permits.models import Event, Permit, Settings
from permits.services.letters import begin_letter
from permits.services.recording import strike
from tests import factories
from tests.permits.conftest import World
from tests.permits.test_signed_acts import begun, numbered

pytestmark = pytest.mark.django_db
URL = "/permis/reglages/{}/"
GOOD: dict[str, Any] = {
    "series": "0",
    "applicant_roles": ["gis_administrator", "permit_instructor"],
    "applicant_years": 5,
}


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 2, 2))


def choose(world: World, pattern: str) -> None:
    with factories.as_owner():
        Settings.objects.update_or_create(
            member=world.member, defaults={"act_pattern": pattern, "applicant_roles": ["permit_instructor"]}
        )


def number_of(world: World, **given: Any) -> str:
    """The number of an act about a new file."""
    permit = world.file(**given)
    return str(numbered(world, permit, begun(world, permit)).number)


def receipt_of(world: World, permit: Permit) -> str:
    with world.as_():
        draft = begin_letter(permit, kind_of("permit-receipt"), LetterRequest(), world.rights())
    return str(numbered(world, permit, draft).number)


def test_without_a_pattern_acts_are_numbered_with_the_letters(world: World) -> None:
    assert number_of(world) == "ADS-2026-000001"
    assert receipt_of(world, world.file()) == "ADS-2026-000002"


def test_acts_follow_each_other_in_the_pattern_of_the_member_and_letters_in_theirs(world: World) -> None:
    choose(world, "{annee}-{numero:4}")
    assert number_of(world) == "2026-0001"
    assert receipt_of(world, world.file()) == "ADS-2026-000001"
    assert number_of(world, kind="DP") == "2026-0002"


@pytest.mark.parametrize(
    ("pattern", "then"), [("URBA {annee}/{numero}", "URBA 2027/1"), ("ARR-{numero:5}", "ARR-00002")]
)
def test_a_pattern_with_the_year_begins_again_each_year(world: World, on_day: Any, pattern: str, then: str) -> None:
    choose(world, pattern)
    number_of(world)
    on_day(date(2027, 1, 1))
    assert number_of(world) == then


def test_a_pattern_with_the_kind_counts_each_kind_apart(world: World) -> None:
    choose(world, "{type} {annee}-{numero:3}")
    assert [number_of(world), number_of(world, kind="DP"), number_of(world)] == [
        "PC 2026-001",
        "DP 2026-001",
        "PC 2026-002",
    ]


def test_a_pattern_with_the_commune_counts_each_commune_apart(world: World) -> None:
    choose(world, "{commune}-{annee}-{numero:3}")
    assert [number_of(world), number_of(world, insee="45902", parcels=[]), number_of(world)] == [
        "45901-2026-001",
        "45902-2026-001",
        "45901-2026-002",
    ]


def test_a_number_is_not_given_again_when_its_decision_is_struck_out(world: World) -> None:
    choose(world, "{annee}-{numero:4}")
    permit = world.file()
    act = numbered(world, permit, begun(world, permit))
    world.record(permit, "decided", date(2026, 2, 2), outcome="granted", reference=act.number)
    with world.as_():
        strike(Event.objects.get(permit=permit, what="decided"), reason="Erreur", rights=world.rights())
    assert numbered(world, permit, begun(world, permit)).number == "2026-0002"


def test_another_pattern_of_the_same_series_goes_on_counting(world: World) -> None:
    choose(world, "{annee}-{numero:4}")
    number_of(world)
    choose(world, "URBA-{annee}-{numero:3}")
    assert number_of(world) == "URBA-2026-002"


def test_an_act_that_is_refused_takes_no_number(world: World) -> None:
    choose(world, "{annee}-{numero:4}")
    permit = world.file()
    draft = begun(world, permit)
    with pytest.raises(Invalid):
        numbered(world, permit, draft, body="# ARRÊTE")
    assert number_of(world) == "2026-0001"


def test_a_number_that_another_act_has_already_is_told(world: World) -> None:
    """« {numero} » may come to what « {annee}{numero} » once gave."""
    choose(world, "{annee}{numero}")
    assert number_of(world) == "20261"
    choose(world, "2026{numero}")
    with pytest.raises(Conflict, match="20261"):
        number_of(world)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("{annee}", "{numero}"),
        ("{numero}-{numero}", "{numero}"),
        ("{annee}-{rang}", "rang"),
        ("{annee:4}-{numero}", "annee:4"),
        ("{numero:0}", "numero:0"),
        ("{numero:12}", "numero:12"),
        ("{numero.__class__}", "numero.__class__"),
        ("{annee-{numero}", "accolade"),
        ("{annee}-{numero}}", "accolade"),
        ("n°<b>{numero}</b>", "<"),
        ("🏠{numero}", "🏠"),
        ("ADS-{annee}-{numero:6}", "ADS"),
        ("VOI-{numero}", "VOI"),
        ("ARRETES-DU-MAIRE-{commune}-{annee}-{numero:6}", "30"),
    ],
)
def test_a_bad_pattern_is_refused_in_words(world: World, pattern: str, why: str) -> None:
    client = world.client(Role.GIS_ADMINISTRATOR)
    answer = client.post(
        URL.format(world.member.slug), GOOD | {"act_pattern": pattern}, headers={"accept": "text/html"}
    )
    assert answer.status_code == 400
    assert 'class="errorlist' in answer.content.decode()
    assert not Settings.objects.exists()
    with pytest.raises(Invalid, match=why.replace("{", r"\{").replace(".", r"\.")):
        NumberPattern.parse(pattern)


def test_an_administrator_chooses_the_pattern_and_reads_the_next_number(world: World) -> None:
    client, url = world.client(Role.GIS_ADMINISTRATOR), URL.format(world.member.slug)
    assert client.post(url, GOOD | {"act_pattern": " {annee}-{numero:4} "}).status_code == 302
    assert Settings.objects.get().act_pattern == "{annee}-{numero:4}"
    number_of(world)
    text = client.get(url, headers={"accept": "text/html"}).content.decode()
    assert "2026-0002" in text


def save(world: World, who: str = Role.GIS_ADMINISTRATOR, **given: Any) -> tuple[int, str]:
    """The answer to the settings of a member that are saved."""
    answer = world.client(who).post(URL.format(world.member.slug), GOOD | given, headers={"accept": "text/html"})
    return answer.status_code, answer.content.decode()


def test_a_member_that_begins_during_a_year_goes_on_from_its_own_numbers(world: World, on_day: Any) -> None:
    assert save(world, act_pattern="{annee}-{numero:4}", act_first="88")[0] == 302
    assert [number_of(world), number_of(world)] == ["2026-0088", "2026-0089"]
    on_day(date(2027, 1, 4))
    assert number_of(world, filed_date=date(2027, 1, 4)) == "2027-0001"


def test_a_series_that_has_begun_begins_nowhere_else(world: World) -> None:
    assert save(world, act_pattern="{annee}-{numero:4}")[0] == 302
    assert number_of(world) == "2026-0001"
    status, text = save(world, act_pattern="{annee}-{numero:4}", act_first="88")
    assert status == 400
    assert "déjà numérotés" in text
    assert number_of(world) == "2026-0002"


@pytest.mark.parametrize("pattern", ["", "{type}-{numero}", "{commune}-{numero}"])
def test_a_first_number_is_for_one_series_of_the_member(world: World, pattern: str) -> None:
    assert save(world, act_pattern=pattern, act_first="88")[0] == 400
    assert not Settings.objects.exists()


@pytest.mark.parametrize("first", ["0", "-1", "1000000", "x"])
def test_a_first_number_that_cannot_be_is_refused(world: World, first: str) -> None:
    assert save(world, act_pattern="{annee}-{numero:4}", act_first=first)[0] == 400


def test_postgresql_lets_administrators_alone_begin_a_series(world: World) -> None:
    for who in (Role.PERMIT_INSTRUCTOR, "stranger"):
        with world.as_(who), pytest.raises(ProgrammingError, match="only who administers"), transaction.atomic():
            begin_numbers(world.member, NumberPattern.parse("{annee}-{numero}"), 88)


def test_the_next_number_of_everybody_is_shown_too(world: World) -> None:
    text = world.client(Role.GIS_ADMINISTRATOR).get(URL.format(world.member.slug), headers={"accept": "text/html"})
    assert "ADS-2026-000001" in text.content.decode()


def test_another_member_reads_no_next_number(world: World) -> None:
    choose(world, "{annee}-{numero:4}")
    number_of(world)
    with world.as_("stranger"):
        assert next_number_of(world.member, kind="PC", insee="45901") == "2026-0001"
    with world.as_():
        assert next_number_of(world.member, kind="PC", insee="45901") == "2026-0002"


def test_the_file_of_an_act_is_named_without_a_slash(world: World) -> None:
    choose(world, "{annee}/{numero}")
    permit = world.file()
    act = numbered(world, permit, begun(world, permit))
    answer = world.client().get(f"/permis/{permit.number}/courriers/{act.pk}/pdf/")
    assert answer.status_code == 200
    assert "2026-1.pdf" in answer["Content-Disposition"]
