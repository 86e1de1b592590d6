"""What an act says in the member's own words, for the files that they are for; what a changed declaration is called."""

from datetime import date
from typing import Any

import pytest

from gis_core.members.rights import Role
from permits.models import MemberNote
from tests.permits.conftest import World
from tests.permits.test_signed_acts import begun

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("worded", "for_it", "for_others"),
    [
        ("remedies", {"kind": "PC"}, {"kind": "CUa"}),
        ("remedies-certificates", {"kind": "CUa"}, {"kind": "DP"}),
        ("validity", {"kind": "PC"}, {"kind": "DP"}),
        ("validity-declarations", {"kind": "DP"}, {"kind": "PC"}),
        ("validity-certificates", {"kind": "CUa"}, {"kind": "PCMI"}),
    ],
)
def test_a_member_words_a_note_for_the_files_it_is_for_and_no_others(
    world: World, on_day: Any, worded: str, for_it: dict[str, str], for_others: dict[str, str]
) -> None:
    on_day(date(2026, 2, 2))
    with world.as_(Role.GIS_ADMINISTRATOR):
        MemberNote.objects.create(
            owner=world.member, code=worded, text="Mots du membre.", since_date=date(2026, 1, 1), source="Moi"
        )

    def body(given: dict[str, str]) -> str:
        permit = world.file(**given)
        return begun(world, permit, "permit-certificate" if given["kind"] == "CUa" else "permit-granted").body

    assert "Mots du membre." in body(for_it)
    assert "Mots du membre." not in body(for_others)


def test_a_member_words_the_validity_of_changes_apart(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 2))
    first = world.file()
    with world.as_(Role.GIS_ADMINISTRATOR):
        MemberNote.objects.create(
            owner=world.member, code="validity-changes", text="Validité inchangée.", since_date=date(2026, 1, 1)
        )
    assert "Validité inchangée." not in begun(world, first).body
    assert "Validité inchangée." in begun(world, world.file(parent=first.number, change="M")).body


@pytest.mark.parametrize(
    ("change", "said", "asked"),
    [
        ("M", "la modification de la non-opposition à la déclaration préalable", "accordée"),
        ("T", "le transfert de la non-opposition à la déclaration préalable", "accordé"),
    ],
)
def test_a_change_of_a_declaration_says_what_it_is(
    world: World, on_day: Any, change: str, said: str, asked: str
) -> None:
    """A.431-3-1: what is asked for is the modification, or the transfer, of a non-opposition."""
    on_day(date(2026, 2, 2))
    first = world.file(kind="DP")
    permit = world.file(kind="DP", parent=first.number, change=change)
    number = f"DP 045 901 26 00001 {change}01"
    act = begun(world, permit)
    assert act.title == f"Arrêté accordant {said} {number}"
    assert f"Vu la demande tendant à {said} enregistrée sous le numéro {number}" in act.body
    assert "Vu la non-opposition à la déclaration préalable DP 045 901 26 00001," in act.body
    assert f"{said[0].upper()}{said[1:]} DP 045 901 26 00001 ({number}) est {asked}." in act.body
    refused = begun(world, permit, "permit-refused")
    assert refused.title == f"Arrêté refusant {said} {number}"
    assert f"{said[0].upper()}{said[1:]} DP 045 901 26 00001 ({number}) est refus" in refused.body


def test_the_validity_of_a_changed_declaration_is_to_be_confirmed(world: World, on_day: Any) -> None:
    """That a modification does not prolong it was read of permits alone."""
    on_day(date(2026, 2, 2))
    first = world.file(kind="DP")
    draft = begun(world, world.file(kind="DP", parent=first.number, change="M"))
    assert "[à confirmer" in draft.body.replace("\\", "")
    assert "trois ans" not in draft.body
