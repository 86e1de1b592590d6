"""The settings of acts: authorities, signatories, notes; who may write them, what is refused."""

from datetime import date
from html import unescape
from typing import Any

import pytest

from gis_core.members.rights import Role
from permits.models import Authority, MemberNote, Signatory
from tests import factories
from tests.permits.conftest import World

pytestmark = pytest.mark.django_db
ADMIN = Role.GIS_ADMINISTRATOR


def address(world: World, rest: str = "") -> str:
    return f"/permis/reglages/{world.member.slug}/autorites/{rest}"


def ask(world: World, where: str, form: dict[str, Any] | None = None, who: str = ADMIN) -> tuple[int, str]:
    client = world.client(who)
    asked = {"headers": {"accept": "text/html"}}
    answer = client.get(where, **asked) if form is None else client.post(where, form, **asked)  # type: ignore[arg-type]
    return answer.status_code, unescape(answer.content.decode())


AUTHORITY = {
    "quality": "president",
    "insee": "45901",
    "name": "Communauté du Lys",
    "place": "Lorris",
    "since_date": "2026-01-01",
}
PERSON = {"first_name": "Paul", "last_name": "Durand", "quality": "L’adjoint", "since_date": "2026-01-01"}


def test_an_administrator_writes_an_authority_and_who_signs(world: World) -> None:
    status, _text = ask(world, address(world, "nouvelle/"), AUTHORITY)
    assert status == 302
    with factories.as_owner():
        made = Authority.objects.get(name="Communauté du Lys")
    assert (made.quality, made.insee, made.since_date) == ("president", "45901", date(2026, 1, 1))
    status, _text = ask(world, address(world, f"{made.pk}/signataires/"), PERSON)
    assert status == 302
    status, text = ask(world, address(world))
    assert status == 200
    assert "Communauté du Lys" in text
    assert "Paul Durand, L’adjoint" in text


def test_a_logo_that_is_not_there_is_not_taken_away(world: World) -> None:
    _status, text = ask(world, address(world, "nouvelle/"))
    assert "without_logo" not in text
    with factories.as_owner():
        row = Authority.objects.get(owner=world.member)
        row.logo = b"png"
        row.save()
    assert "without_logo" in ask(world, address(world, f"{row.pk}/"))[1]


def test_a_signatory_ends_and_is_not_removed(world: World) -> None:
    with factories.as_owner():
        row = Signatory.objects.get()
    where = address(world, f"{row.authority_id}/signataires/{row.pk}/")
    _status, text = ask(world, where)
    assert 'value="Dupuis"' in text
    kept = {"first_name": "Jeanne", "last_name": "Dupuis", "quality": "La maire", "since_date": "2020-07-03"}
    status, _text = ask(world, where, kept | {"until_date": "2026-03-31"})
    assert status == 302
    with factories.as_owner():
        assert Signatory.objects.get().until_date == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"until_date": "2025-12-31"}, "Le dernier jour est avant le premier"),
        ({"insee": "45903"}, "Sélectionnez un choix valide"),
        ({"name": " "}, "obligatoire"),
        ({"quality": "king"}, "Sélectionnez un choix valide"),
    ],
)
def test_a_wrong_authority_is_told_and_nothing_is_written(world: World, given: dict[str, str], told: str) -> None:
    status, text = ask(world, address(world, "nouvelle/"), AUTHORITY | given)
    assert status == 400
    assert told in text
    with factories.as_owner():
        assert Authority.objects.count() == 1


@pytest.mark.parametrize("who", [Role.PERMIT_INSTRUCTOR, Role.TOWN_HALL, Role.READER, "stranger"])
@pytest.mark.parametrize("rest", ["", "nouvelle/"])
def test_only_administrators_of_the_member_open_them(world: World, who: str, rest: str) -> None:
    assert ask(world, address(world, rest), who=who)[0] in (403, 404)


def test_another_member_s_authority_is_not_found(world: World) -> None:
    with factories.as_owner():
        theirs = Authority.objects.create(
            owner=world.other, quality="mayor", name="Ailleurs", place="Ailleurs", since_date=date(2020, 1, 1)
        )
    assert ask(world, address(world, f"{theirs.pk}/"))[0] == 404
    assert ask(world, address(world, f"{theirs.pk}/signataires/"), PERSON)[0] == 404


def test_a_note_is_worded_with_its_source_and_its_versions_stay(world: World) -> None:
    where = f"/permis/reglages/{world.member.slug}/mentions/third-parties/"
    status, text = ask(world, where, {"text": "Sous réserve des tiers.", "source": "", "since": "2026-01-01"})
    assert status == 400
    assert "où le droit a été lu" in text
    given = {"text": "Sous réserve des tiers.", "source": "Service juridique", "since": "2026-01-01"}
    assert ask(world, where, given)[0] == 302
    assert ask(world, where, {"text": "", "source": "", "since": "2026-02-01"})[0] == 302
    with factories.as_owner():
        assert list(MemberNote.objects.order_by("pk").values_list("text", flat=True)) == ["Sous réserve des tiers.", ""]
    _status, text = ask(world, where)
    assert "Sous réserve des tiers." in text
    assert "Service juridique" in text


def test_there_is_no_other_note(world: World) -> None:
    assert ask(world, f"/permis/reglages/{world.member.slug}/mentions/rien/")[0] == 404
