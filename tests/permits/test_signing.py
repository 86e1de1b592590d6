"""The history of drafts proposed for signature: what was proposed, what became of it, who sees it."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import ANONYMOUS, Role, acting_as
from gis_core.models import Letter
from permits.letters import LetterRequest
from permits.models import Permit, SignatureProposal
from permits.services.letters import begin_letter, change_letter, discard_letter, finalise_letter
from permits.services.signing import propose_for_signature, send_back, visible_proposals
from tests.permits.conftest import World

HTML = {"accept": "text/html"}
TOWN = Role.TOWN_HALL
PAGE = "/permis/signatures/"


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 2, 10))


def draft(world: World, permit: Permit, kind: str = "permit-consultation") -> Letter:
    with world.as_():
        return begin_letter(permit, kind_of(kind), LetterRequest(), world.rights())


def propose(world: World, permit: Permit, letter: Letter | None = None) -> Letter:
    letter = letter or draft(world, permit)
    with world.as_():
        propose_for_signature(permit, letter, world.rights())
    return letter


def states(world: World) -> list[str]:
    """From the first proposal to the last."""
    with world.as_():
        return list(SignatureProposal.objects.order_by("pk").values_list("state", flat=True))


def text_of(world: World, path: str, who: str = Role.PERMIT_INSTRUCTOR) -> str:
    answer = world.client(who).get(path, headers=HTML)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def changed(world: World, permit: Permit, letter: Letter) -> Letter:
    with world.as_():
        texts = {"title": "Autre objet", "body": "Texte.", "recipient": "Mairie", "signatory": "Le maire"}
        return change_letter(permit, Letter.objects.get(pk=letter.pk), texts, letter.version, world.rights())


# -- what becomes of a proposal ---------------------------------------------------------------------------------------


def test_a_proposal_waits(world: World) -> None:
    propose(world, world.file())
    assert states(world) == ["waiting"]


def test_a_newer_draft_replaces_the_proposal(world: World) -> None:
    permit = world.file()
    propose(world, permit, changed(world, permit, propose(world, permit)))
    assert states(world) == ["replaced", "waiting"]


def test_the_same_draft_is_not_proposed_twice(world: World) -> None:
    permit = world.file()
    letter = propose(world, permit)
    with pytest.raises(Conflict):
        propose(world, permit, letter)
    assert states(world) == ["waiting"]


def test_a_draft_made_final_settles_it(world: World) -> None:
    permit = world.file()
    letter = propose(world, permit)
    texts = {"title": "Objet", "body": "Texte.", "recipient": "Mairie", "signatory": "Le maire"}
    with world.as_():
        finalise_letter(permit, letter, texts, letter.version, world.rights())
        kept = SignatureProposal.objects.get()
    assert (kept.state, kept.settled_by) == ("signed", world.people[Role.PERMIT_INSTRUCTOR])


def test_a_draft_thrown_away_leaves_its_proposal(world: World) -> None:
    permit = world.file()
    letter = propose(world, permit)
    with world.as_():
        discard_letter(permit, letter, letter.version, world.rights())
        kept = SignatureProposal.objects.get()
    assert (kept.state, kept.letter, kept.kind) == ("withdrawn", None, "permit-consultation")
    assert "le projet a été jeté" in text_of(world, PAGE)


def test_taken_back_twice_is_told(world: World) -> None:
    permit = world.file()
    letter = propose(world, permit)
    address = f"/permis/{permit.number}/courriers/{letter.pk}/signature/"
    world.client().post(address, {"do": "back"})
    answer = world.client().post(address, {"do": "back"}, follow=True, headers=HTML)
    assert "n’est plus proposé à la signature" in answer.content.decode()
    assert states(world) == ["withdrawn"]


# -- the town hall sends back -----------------------------------------------------------------------------------------


def test_the_town_hall_sends_a_draft_back_with_a_reason(world: World) -> None:
    permit = world.file()
    letter = propose(world, permit)
    page = f"/permis/{permit.number}/courriers/{letter.pk}/"
    assert "Pourquoi il n’est pas signé" in text_of(world, page, TOWN)
    form = {"do": "refuse", "reason": "  Le toit est en zinc : voir l’article UA 11. "}
    assert world.client(TOWN).post(f"{page}signature/", form).status_code == 302
    with world.as_():
        kept = SignatureProposal.objects.get()
    assert (kept.state, kept.settled_by) == ("sent_back", world.people[TOWN])
    assert kept.settled_reason == "Le toit est en zinc : voir l’article UA 11."
    assert "Le toit est en zinc" in text_of(world, page)
    assert "Le toit est en zinc" in text_of(world, f"/permis/{permit.number}/")
    assert world.client(TOWN).get(page).status_code == 404


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_it_is_not_sent_back(world: World, reason: str) -> None:
    permit = world.file()
    letter = propose(world, permit)
    with world.as_(TOWN), pytest.raises(Invalid):
        send_back(permit, letter, reason, world.rights(TOWN))
    assert states(world) == ["waiting"]


@pytest.mark.parametrize("who", [Role.PERMIT_INSTRUCTOR, Role.READER])
def test_nobody_else_sends_back(world: World, who: str) -> None:
    permit = world.file()
    letter = propose(world, permit)
    with world.as_(who), pytest.raises(Forbidden):
        send_back(permit, letter, "Non", world.rights(who))


def test_what_was_taken_back_meanwhile_is_not_sent_back(world: World) -> None:
    permit = world.file()
    letter = propose(world, permit)
    world.client().post(f"/permis/{permit.number}/courriers/{letter.pk}/signature/", {"do": "back"})
    with world.as_(TOWN), pytest.raises(Conflict):
        send_back(permit, letter, "Non", world.rights(TOWN))


def test_a_draft_that_was_sent_back_is_proposed_again(world: World) -> None:
    permit = world.file()
    letter = propose(world, permit)
    with world.as_(TOWN):
        send_back(permit, letter, "Non", world.rights(TOWN))
    propose(world, permit, letter)
    assert states(world) == ["sent_back", "waiting"]
    assert "Renvoyé par la mairie" not in text_of(world, f"/permis/{permit.number}/courriers/{letter.pk}/", TOWN)


# -- who sees it ------------------------------------------------------------------------------------------------------


def seen(world: World, who: str) -> int:
    with world.as_(who):
        return visible_proposals(world.rights(who)).count()


def test_instructors_see_all_a_town_hall_its_communes_others_nothing(world: World) -> None:
    propose(world, world.file())
    propose(world, world.file(insee="45902", parcels=[]))
    counts = {who: seen(world, who) for who in world.people}
    two = {Role.PERMIT_INSTRUCTOR, Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR}
    assert counts == {who: 2 if who in two else 1 if who == TOWN else 0 for who in world.people}


@pytest.mark.parametrize("who", [TOWN, "stranger"])
def test_postgresql_itself_gives_no_proposal_of_others(world: World, who: str) -> None:
    propose(world, world.file(insee="45902", parcels=[]))
    with world.as_(who), connection.cursor() as cursor:
        cursor.execute("select count(*) from permits_signatureproposal")
        assert cursor.fetchone()[0] == 0
    with acting_as(ANONYMOUS), connection.cursor() as cursor:
        cursor.execute("select count(*) from permits_signatureproposal")
        assert cursor.fetchone()[0] == 0


def test_the_list_says_what_by_whom_and_what_became_of_it(world: World) -> None:
    permit = world.file()
    letter = propose(world, permit)
    text = text_of(world, PAGE)
    assert "Demande d’avis" in text
    assert str(world.people[Role.PERMIT_INSTRUCTOR]) in text
    assert f"/permis/{permit.number}/courriers/{letter.pk}/" in text
    assert "En attente de la mairie" in text


@pytest.mark.parametrize(("query", "count"), [("state=waiting", 1), ("state=sent_back", 0), ("number=PC 045 901", 1),
                                              ("number=DP 045", 0), ("insee=45902", 0)])  # fmt: skip
def test_the_list_is_filtered(world: World, query: str, count: int) -> None:
    propose(world, world.file())
    assert text_of(world, f"{PAGE}?{query}").count("/courriers/") == count


def test_a_wrong_filter_is_told(world: World) -> None:
    assert world.client().get(f"{PAGE}?state=lost", headers=HTML).status_code == 400


def test_a_reader_sees_neither_the_tab_nor_the_section(world: World) -> None:
    permit = world.file()
    propose(world, permit)
    assert PAGE not in text_of(world, "/permis/", Role.READER)
    assert 'id="signatures"' not in text_of(world, f"/permis/{permit.number}/", Role.READER)
    assert 'id="signatures"' in text_of(world, f"/permis/{permit.number}/", TOWN)


def test_a_long_list_needs_no_more_queries(world: World) -> None:
    permit, client = world.file(), world.client()

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE, headers=HTML).status_code == 200
        return len(asked)

    propose(world, permit)
    few = [count(), count()][-1]
    for _rank in range(5):
        propose(world, permit)
    assert count() <= few
