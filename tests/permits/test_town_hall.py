"""The town hall: drafts for its signature, the mayor's opinion, the decision, the frozen sheet; in its communes."""

import re
from datetime import date
from typing import Any

import pytest

from gis_core.errors import Conflict, Forbidden
from gis_core.letters.kinds import kind_of
from gis_core.letters.services import read_letterhead
from gis_core.members.rights import Role
from gis_core.models import Letter, Letterhead
from layers.parcels.models import FrozenSheet
from permits.letters import LetterRequest
from permits.models import Consultation, Permit, SignatureProposal
from permits.services.consulting import Request, answer, request_opinion
from permits.services.letters import begin_letter, change_letter, finalise_letter, letters_of
from permits.services.signing import propose_for_signature
from tests import factories
from tests.permits.conftest import World
from tests.permits.test_letters import pdf_words

HTML = {"accept": "text/html"}
TOWN = Role.TOWN_HALL


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 2, 10))


def draft(world: World, permit: Permit, kind: str = "permit-consultation") -> Letter:
    with world.as_():
        return begin_letter(permit, kind_of(kind), LetterRequest(), world.rights())


def address(permit: Permit, letter: Letter, more: str = "") -> str:
    return f"/permis/{permit.number}/courriers/{letter.pk}/{more}"


def proposed(world: World, permit: Permit) -> Letter:
    made = draft(world, permit)
    assert world.client().post(address(permit, made, "signature/"), {"do": "propose"}).status_code == 302
    return made


def seen(world: World, permit: Permit, who: str) -> list[int]:
    with world.as_(who):
        return [one.pk for one in letters_of(permit, world.rights(who))]


# -- drafts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "said"), [("Fait à Lorris.", False), ("Fait à [à compléter : lieu].", True)])
def test_whoever_proposes_a_draft_is_told_what_keeps_it_from_being_made_final(
    world: World, body: str, said: bool
) -> None:
    permit = world.file()
    made = draft(world, permit)
    with factories.as_owner():
        Letter.objects.filter(pk=made.pk).update(body=body, recipient="Mairie de Lorris")
    answer = world.client().post(address(permit, made, "signature/"), {"do": "propose"}, follow=True)
    text = answer.content.decode()
    assert "La mairie voit le projet" in text
    assert ("Il ne peut pas encore être rendu définitif. Il reste un endroit à compléter" in text) == said


def test_a_town_hall_sees_a_draft_once_it_is_proposed(world: World) -> None:
    permit = world.file()
    hidden = draft(world, permit)
    assert world.client(TOWN).get(address(permit, hidden)).status_code == 404
    made = proposed(world, permit)
    assert seen(world, permit, TOWN) == [made.pk]
    answer_ = world.client(TOWN).get(address(permit, made), headers=HTML)
    text = answer_.content.decode()
    assert answer_.status_code == 200
    assert "Proposé à la signature de la mairie le 10 février 2026" in re.sub(r"\s+", " ", text)
    assert "<textarea" not in text


def test_the_board_lists_what_the_town_hall_is_to_sign(world: World) -> None:
    made = proposed(world, world.file())
    elsewhere = proposed(world, world.file(insee="45902", parcels=[]))
    text = world.client(TOWN).get("/permis/", headers=HTML).content.decode()
    assert "Proposés à votre signature" in text
    assert f"/courriers/{made.pk}/" in text
    assert f"/courriers/{elsewhere.pk}/" not in text
    assert "Proposés à votre signature" not in world.client().get("/permis/", headers=HTML).content.decode()


def test_it_takes_the_draft_away_as_pdf(world: World) -> None:
    permit = world.file()
    made = proposed(world, permit)
    answer_ = world.client(TOWN).get(address(permit, made, "pdf/"))
    assert (answer_.status_code, answer_["Content-Type"]) == (200, "application/pdf")


def test_the_draft_has_the_letterhead_of_the_member(world: World) -> None:
    with factories.as_owner():
        Letterhead.objects.create(owner=world.member, name="Communauté du Lys", address="2 rue du Puits")
    permit = world.file()
    made = proposed(world, permit)
    answer_ = world.client(TOWN).get(address(permit, made, "pdf/"))
    assert "Communauté du Lys" in pdf_words(answer_.content)
    with world.as_("stranger"):
        assert read_letterhead(world.member).name == ""


@pytest.mark.parametrize("who", [Role.READER, Role.NETWORK_TECHNICIAN])
def test_others_do_not_see_it(world: World, who: str) -> None:
    permit = world.file()
    proposed(world, permit)
    assert seen(world, permit, who) == []


def test_a_town_hall_sees_no_draft_of_another_commune(world: World) -> None:
    permit = world.file(insee="45902", parcels=[])
    made = proposed(world, permit)
    assert world.client(TOWN).get(address(permit, made)).status_code == 404


def test_it_neither_changes_nor_proposes_nor_takes_back(world: World) -> None:
    permit = world.file()
    made = proposed(world, permit)
    client = world.client(TOWN)
    words = {"title": "Autre", "body": "Texte", "recipient": "", "signatory": "", "version": made.version}
    assert client.post(address(permit, made), {**words, "action": "save"}).status_code == 403
    assert client.post(address(permit, made, "signature/"), {"do": "back"}).status_code == 403
    with world.as_():
        assert (Letter.objects.get().title, SignatureProposal.objects.count()) == (made.title, 1)


def test_a_draft_taken_back_is_seen_no_more(world: World) -> None:
    permit = world.file()
    made = proposed(world, permit)
    world.client().post(address(permit, made, "signature/"), {"do": "back"})
    assert seen(world, permit, TOWN) == []


def test_a_draft_that_was_changed_since_says_so(world: World) -> None:
    permit = world.file()
    made = proposed(world, permit)
    with world.as_():
        texts = {"title": "Autre objet", "body": made.body, "recipient": "", "signatory": ""}
        change_letter(permit, Letter.objects.get(), texts, made.version, world.rights())
    text = world.client(TOWN).get(address(permit, made), headers=HTML).content.decode()
    assert "modifié depuis" in text


def test_a_final_letter_is_not_proposed(world: World) -> None:
    permit = world.file()
    made = draft(world, permit)
    texts = {"title": "Objet", "body": "Texte.", "recipient": "Mairie", "signatory": "Le maire"}
    with world.as_():
        finalise_letter(permit, made, texts, made.version, world.rights())
        with pytest.raises(Conflict):
            propose_for_signature(permit, made, world.rights())


# -- the mayor's opinion ----------------------------------------------------------------------------------------------


def asked(world: World, permit: Permit, body: str = "town_hall") -> Consultation:
    with world.as_():
        request = Request(body=body, requested_date=date(2026, 1, 12))
        return request_opinion(permit, request, user=world.people[Role.PERMIT_INSTRUCTOR], rights=world.rights())


def test_the_town_hall_gives_the_mayor_s_opinion(world: World) -> None:
    permit = world.file()
    one = asked(world, permit)
    page = f"/permis/{permit.number}/consultations/"
    assert "Enregistrer l’avis" in world.client(TOWN).get(page, headers=HTML).content.decode()
    form = {"do": "answer", "opinion": "with_prescriptions", "answered": "2026-02-09", "text": "Vu.",
            "prescriptions": "Clôture végétale.\r\n\r\nPortail en retrait."}  # fmt: skip
    assert world.client(TOWN).post(f"{page}{one.pk}/", form).status_code == 302
    with world.as_():
        kept = Consultation.objects.get()
    assert (kept.opinion, kept.answered_date) == ("with_prescriptions", date(2026, 2, 9))
    assert kept.prescriptions == ["Clôture végétale.", "Portail en retrait."]


def test_it_gives_no_other_body_s_opinion_and_asks_for_none(world: World) -> None:
    permit = world.file()
    one = asked(world, permit, "roads")
    with world.as_(TOWN), pytest.raises(Forbidden):
        answer(one, opinion="favourable", answered=date(2026, 2, 9), rights=world.rights(TOWN))
    page = world.client(TOWN).get(f"/permis/{permit.number}/consultations/", headers=HTML).content.decode()
    assert "Enregistrer l’avis" not in page
    assert "Demander un avis" not in page


def test_a_mayor_s_opinion_on_another_commune_is_not_the_town_hall_s(world: World) -> None:
    permit = world.file(insee="45902", parcels=[])
    one = asked(world, permit)
    form = {"do": "answer", "opinion": "favourable", "answered": "2026-02-09"}
    assert world.client(TOWN).post(f"/permis/{permit.number}/consultations/{one.pk}/", form).status_code == 404


# -- the decision, the sheet ------------------------------------------------------------------------------------------


def test_the_town_hall_records_the_decision_of_its_commune(world: World) -> None:
    permit = world.file()
    page = f"/permis/{permit.number}/evenements/decided/"
    form = {"outcome": "granted", "channel": "hand", "on": "2026-02-09", "signed": "2026-02-06"}
    assert world.client(TOWN).post(page, form).status_code == 302
    with world.as_():
        permit.refresh_from_db()
    assert (permit.state, permit.ended_date) == ("granted", date(2026, 2, 9))


def test_it_records_none_of_another_commune(world: World) -> None:
    permit = world.file(insee="45902", parcels=[])
    with world.as_():
        assert Permit.objects.filter(pk=permit.pk).exists()
    form = {"outcome": "granted", "channel": "hand", "on": "2026-02-09"}
    assert world.client(TOWN).post(f"/permis/{permit.number}/evenements/decided/", form).status_code == 404


def sheet_of(world: World, permit: Permit) -> None:
    with factories.as_owner():
        permit.sheet = FrozenSheet.objects.create(
            number="FP-2026-000001", title="AB 1", owner=world.member, day=date(2026, 1, 5),
            made_at="2026-01-05T10:00Z",
            content={}, content_sha256="0" * 64, pdf=b"%PDF-1.7 fiche",
        )  # fmt: skip
        permit.save(update_fields=["sheet"])


def test_the_town_hall_opens_the_frozen_sheet_of_its_file(world: World) -> None:
    permit = world.file()
    sheet_of(world, permit)
    page = world.client(TOWN).get(f"/permis/{permit.number}/", headers=HTML).content.decode()
    assert f'href="/permis/{permit.number}/fiche/"' in page
    answer_ = world.client(TOWN).get(f"/permis/{permit.number}/fiche/")
    assert (answer_.content, answer_["Content-Type"]) == (b"%PDF-1.7 fiche", "application/pdf")


def test_another_commune_s_sheet_is_not_there(world: World) -> None:
    permit = world.file(insee="45902", parcels=[])
    sheet_of(world, permit)
    assert world.client(TOWN).get(f"/permis/{permit.number}/fiche/").status_code == 404


def test_postgresql_gives_the_sheet_to_who_sees_the_file(world: World) -> None:
    from django.db import connection

    permit = world.file(insee="45902", parcels=[])
    sheet_of(world, permit)
    counts = {}
    for who in (TOWN, "stranger", Role.READER):
        with world.as_(who), connection.cursor() as cursor:
            cursor.execute("select count(*) from arpent.sheet_of_permit(%s)", [permit.pk])
            counts[who] = cursor.fetchone()[0]
    assert counts == {TOWN: 0, "stranger": 0, Role.READER: 1}


def test_a_file_without_a_sheet_has_none_to_open(world: World) -> None:
    permit = world.file()
    assert world.client(TOWN).get(f"/permis/{permit.number}/fiche/").status_code == 404
