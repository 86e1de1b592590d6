"""A consulted body without an account: its link, its code, its pieces, its answer; what becomes of it in the file."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import ANONYMOUS, Role, acting_as
from permits.models import (
    ApplicantReading,
    Consultation,
    ConsultationLink,
    ConsultationReply,
    Event,
    Permit,
    Piece,
)
from permits.services.answering import link_token
from permits.services.consulting import Request, request_opinion, revoke_link, set_aside, take_over
from permits.services.documents import DOCUMENTS
from tests import factories
from tests.documents import pdf
from tests.permits.conftest import World
from tests.permits.mails import deliver

HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def winter(on_day: Any, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"
    on_day(date(2026, 2, 10))


def piece_of(world: World, permit: Permit, title: str = "Plan de masse") -> Piece:
    with world.as_():
        made = Piece.objects.create(
            permit=permit, title=title, media_type="application/pdf", size_bytes=4, sha256="0" * 64
        )
        DOCUMENTS.path_of(made).parent.mkdir(parents=True, exist_ok=True)
        DOCUMENTS.path_of(made).write_bytes(b"%PDF")
        return made


def asked(world: World, permit: Permit, body: str = "roads", documents: Any = ()) -> ConsultationLink:
    """The link of a request whose mail left on 10 February 2026."""
    request = Request(
        body=body, requested_date=date(2026, 2, 10), email="routes@example.org", mail=True, documents=[*documents]
    )
    with world.as_():
        made = request_opinion(permit, request, user=world.people[Role.PERMIT_INSTRUCTOR], rights=world.rights())
    deliver()
    with world.as_():
        return ConsultationLink.objects.get(consultation=made)


def visitor(link: ConsultationLink) -> Client:
    """A browser that followed the address of the mail."""
    client = Client(raise_request_exception=False, headers=HTML)
    assert client.get(f"/permis/avis/{link_token(link.pk)}/").status_code == 302
    return client


def here(link: ConsultationLink, more: str = "") -> str:
    return f"/permis/repondre/{link.pk}/{more}"


def mailed_code() -> str:
    found = re.search(r"\b\d{6}\b", str(deliver()[-1].body))
    assert found is not None
    return found[0]


def verified(link: ConsultationLink) -> Client:
    """A browser in which the code was typed."""
    client = visitor(link)
    client.post(here(link, "code/"), {"do": "send"})
    assert client.post(here(link, "code/"), {"code": mailed_code()}).status_code == 302
    return client


def answered(link: ConsultationLink, **given: Any) -> Any:
    form = {"do": "answer", "sense": "favourable", "signatory": "Paul Essai, chef de service", **given}
    return verified(link).post(here(link), form)


def replies(world: World) -> list[ConsultationReply]:
    with world.as_():
        return list(ConsultationReply.objects.select_related("consultation__permit", "document"))


# -- the link and the code --------------------------------------------------------------------------------------------


def test_the_mail_holds_an_address_that_leads_to_one_without_its_token(world: World) -> None:
    link = asked(world, world.file())
    (message,) = deliver()
    token = link_token(link.pk)
    assert f"/permis/avis/{token}/" in str(message.body)
    answer = Client().get(f"/permis/avis/{token}/")
    assert answer["Location"] == here(link)
    assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("no-referrer", True)


def test_the_page_s_forms_are_sent_with_their_origin(world: World) -> None:
    link = asked(world, world.file())
    assert visitor(link).get(here(link))["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("token", ["1", "1:xxxx", "x", ":", "999999999:abc"])
def test_an_invented_token_leads_nowhere(world: World, token: str) -> None:
    asked(world, world.file())
    assert Client(headers=HTML).get(f"/permis/avis/{token}/").status_code == 404


def test_the_number_of_a_link_opens_nothing_without_its_token(world: World) -> None:
    link = asked(world, world.file())
    client = Client(headers=HTML)
    assert client.get(here(link)).status_code == 404
    assert client.post(here(link), {"do": "answer"}).status_code == 404
    assert client.post(here(link, "code/"), {"do": "send"}).status_code == 404
    assert client.get(here(link, "pieces/1/")).status_code == 404


def test_before_the_code_nothing_of_the_file_is_told(world: World) -> None:
    permit = world.file(description="Maison neuve", address="1 rue des Lilas")
    link = asked(world, permit, documents=[piece_of(world, permit).pk])
    text = visitor(link).get(here(link)).content.decode()
    assert "r…@example.org" in text
    assert not any(word in text for word in (str(permit), "AB0001", "Plan de masse", "Lilas", "Maison neuve", "Jeanne"))


def test_a_code_opens_once_and_is_kept_hashed(world: World) -> None:
    link = asked(world, world.file())
    client = visitor(link)
    client.post(here(link, "code/"), {"do": "send"})
    code = mailed_code()
    with world.as_():
        assert code not in ConsultationLink.objects.get().code_digest
    assert client.post(here(link, "code/"), {"code": code}).status_code == 302
    assert visitor(link).post(here(link, "code/"), {"code": code}).status_code == 400


def test_a_code_goes_to_the_address_of_the_request_alone(world: World) -> None:
    link = asked(world, world.file())
    visitor(link).post(here(link, "code/"), {"do": "send", "email": "autre@example.org"})
    assert deliver()[-1].to == ["routes@example.org"]


def test_after_five_wrong_tries_the_right_code_opens_nothing(world: World) -> None:
    link = asked(world, world.file())
    client = visitor(link)
    client.post(here(link, "code/"), {"do": "send"})
    code = mailed_code()
    wrong = "000000" if code != "000000" else "000001"
    assert [client.post(here(link, "code/"), {"code": wrong}).status_code for _try in range(5)] == [400] * 5
    assert client.post(here(link, "code/"), {"code": code}).status_code == 400


def test_a_code_lives_ten_minutes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    link = asked(world, world.file())
    client = visitor(link)
    client.post(here(link, "code/"), {"do": "send"})
    code = mailed_code()
    later = datetime(2026, 2, 10, 22, 59, tzinfo=UTC) + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(database_clock, "ask", lambda: later)
    database_clock.forget()
    assert client.post(here(link, "code/"), {"code": code}).status_code == 400


def test_codes_are_not_sent_one_upon_the_other(world: World) -> None:
    link = asked(world, world.file())
    client = visitor(link)
    assert client.post(here(link, "code/"), {"do": "send"}).status_code == 302
    assert client.post(here(link, "code/"), {"do": "send"}).status_code == 409


def test_ten_codes_a_day_are_enough(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    link = asked(world, world.file())
    client = visitor(link)
    statuses = []
    for minute in range(11):
        moment = datetime(2026, 2, 10, 8, 2 * minute, tzinfo=UTC)
        monkeypatch.setattr(database_clock, "ask", lambda moment=moment: moment)
        database_clock.forget()
        statuses.append(client.post(here(link, "code/"), {"do": "send"}).status_code)
    assert statuses == [302] * 10 + [409]


def test_a_code_of_another_link_opens_nothing(world: World) -> None:
    link = asked(world, world.file())
    other = asked(world, world.file(filed_date=date(2026, 1, 6)))
    client = visitor(link)
    client.post(here(link, "code/"), {"do": "send"})
    code = mailed_code()
    elsewhere = visitor(other)
    elsewhere.post(here(other, "code/"), {"do": "send"})
    deliver()
    if mailed_code() != code:
        assert elsewhere.post(here(other, "code/"), {"code": code}).status_code == 400


def test_the_link_ends_thirty_days_after_the_delay(world: World, on_day: Any) -> None:
    link = asked(world, world.file())
    client = verified(link)
    # 10 February + 1 month = 10 March; + 30 days = 9 April.
    on_day(date(2026, 4, 9))
    assert client.get(here(link)).status_code == 200
    on_day(date(2026, 4, 10))
    assert client.get(here(link)).status_code == 404
    assert client.get(f"/permis/avis/{link_token(link.pk)}/").status_code == 404


def test_a_closed_link_opens_nothing_more(world: World) -> None:
    link = asked(world, world.file())
    client = verified(link)
    with world.as_():
        revoke_link(Consultation.objects.get(), rights=world.rights())
    assert client.get(here(link)).status_code == 404
    assert client.post(here(link), {"do": "answer"}).status_code == 404


def test_a_form_without_its_token_against_forgery_is_refused(world: World) -> None:
    link = asked(world, world.file())
    client = Client(enforce_csrf_checks=True, headers=HTML)
    client.get(f"/permis/avis/{link_token(link.pk)}/")
    assert client.post(here(link, "code/"), {"do": "send"}).status_code == 403
    client = verified(link)
    client.handler.enforce_csrf_checks = True
    assert client.post(here(link), {"do": "answer"}).status_code == 403


def test_no_log_says_a_token(world: World, caplog: pytest.LogCaptureFixture, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    token = link_token(asked(world, world.file()).pk)
    client = Client(enforce_csrf_checks=True, headers=HTML)
    assert client.get(f"/permis/avis/{token}/").status_code == 302
    assert client.post(f"/permis/avis/{token}/").status_code == 405
    assert token not in caplog.text
    assert not any(token in path.read_text() for path in tmp_path.glob("log/*"))


def test_nothing_that_is_sent_without_the_code_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any, **_more: Any) -> None:
        raise AssertionError("read")

    client = visitor(asked(world, world.file()))
    link = ConsultationLink(pk=int(next(iter(client.session["consultation_links"]))))
    monkeypatch.setattr("gis_core.desk.uploads.limit_uploads", refuse)
    sent = {"do": "answer", "file": SimpleUploadedFile("avis.pdf", pdf())}
    assert client.post(here(link), sent).status_code == 400
    assert Client(headers=HTML).post(here(link), sent).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(world: World, method: str) -> None:
    link = asked(world, world.file())
    assert getattr(visitor(link), method)(here(link)).status_code == 405


# -- pieces -----------------------------------------------------------------------------------------------------------


def test_the_link_opens_the_chosen_pieces_and_each_opening_is_in_the_journal(world: World) -> None:
    permit = world.file()
    chosen, other = piece_of(world, permit), piece_of(world, permit, "Formulaire")
    link = asked(world, permit, documents=[chosen.pk])
    client = verified(link)
    text = client.get(here(link)).content.decode()
    assert "Plan de masse" in text
    assert "Formulaire" not in text
    answer: Any = client.get(here(link, f"pieces/{chosen.pk}/"))
    assert b"".join(answer.streaming_content) == b"%PDF"
    assert client.get(here(link, f"pieces/{other.pk}/")).status_code == 404
    with world.as_(Role.GIS_ADMINISTRATOR):
        line = ApplicantReading.objects.filter(by_user=0).get()
        assert (line.by_name, line.numbers, line.action) == ("routes@example.org", [permit.number], "read")


def test_no_piece_opens_before_the_code(world: World) -> None:
    permit = world.file()
    chosen = piece_of(world, permit)
    link = asked(world, permit, documents=[chosen.pk])
    assert visitor(link).get(here(link, f"pieces/{chosen.pk}/")).status_code == 404


def test_a_piece_that_left_the_file_opens_no_more(world: World) -> None:
    permit = world.file()
    chosen = piece_of(world, permit)
    link = asked(world, permit, documents=[chosen.pk])
    client = verified(link)
    with world.as_():
        DOCUMENTS.remove(chosen, reason="Erreur", rights=world.rights())
    assert client.get(here(link, f"pieces/{chosen.pk}/")).status_code == 404


def test_postgresql_opens_no_other_piece_whatever_the_code_asks(world: World) -> None:
    from django.db import connection

    permit = world.file()
    chosen, other = piece_of(world, permit), piece_of(world, permit, "Autre")
    link = asked(world, permit, documents=[chosen.pk])
    with acting_as(ANONYMOUS), connection.cursor() as cursor:
        cursor.execute("select arpent.read_shared_piece(%s, %s, '')", [link.pk, other.pk])
        assert cursor.fetchone() == (False,)
        assert not ConsultationLink.objects.exists()


# -- answers ----------------------------------------------------------------------------------------------------------


def test_an_answer_is_received_and_counts_for_nothing_yet(world: World) -> None:
    link = asked(world, world.file())
    assert answered(link, text="Accès à revoir.").status_code == 302
    (one,) = replies(world)
    assert (one.state, one.sense, one.text, one.email) == (
        "received", "favourable", "Accès à revoir.", "routes@example.org",
    )  # fmt: skip
    assert one.consultation.answered_date is None


def test_prescriptions_are_kept_one_by_one(world: World) -> None:
    link = asked(world, world.file())
    answered(link, sense="with_prescriptions", prescription=["Reculer le portail.", "", "Buser le fossé."])
    assert replies(world)[0].prescriptions == ["Reculer le portail.", "Buser le fossé."]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sense": ""}, "champ"),
        ({"sense": "peut-être"}, "choix"),
        ({"signatory": " "}, "champ"),
        ({"sense": "with_prescriptions"}, "au moins une prescription"),
        ({"sense": "favourable", "prescription": ["Reculer."]}, "favorable avec prescriptions"),
        ({"sense": "with_prescriptions", "prescription": ["x" * 20_001]}, "20000"),
        ({"sense": "with_prescriptions", "prescription": ["x"] * 51}, "50"),
    ],
)
def test_a_wrong_answer_is_said_in_words_and_nothing_typed_is_lost(
    world: World, given: dict[str, Any], words: str
) -> None:
    link = asked(world, world.file())
    answer = answered(link, text="Texte à garder", **given)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Texte à garder" in text
    assert words in text.replace("\u202f", "").replace("\xa0", " ")
    assert not replies(world)


def test_more_boxes_for_prescriptions_keep_what_was_typed(world: World) -> None:
    link = asked(world, world.file())
    form = {"do": "more", "sense": "with_prescriptions", "signatory": "Paul", "prescription": ["Un", "Deux", "Trois"]}
    text = verified(link).post(here(link), form).content.decode()
    assert text.count('name="prescription"') == 6
    assert re.findall(r'id="(prescription-\d)"[^>]* autofocus', text) == ["prescription-4"]
    assert all(word in text for word in (">Un<", ">Deux<", ">Trois<", 'value="Paul"'))
    assert not replies(world)


def test_enter_in_a_field_of_the_answer_sends_it(world: World) -> None:
    link = asked(world, world.file())
    form = verified(link).get(here(link)).content.decode().partition('enctype="multipart/form-data"')[2]
    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert 'value="answer"' in first[0]


def test_nothing_is_received_without_the_code(world: World) -> None:
    link = asked(world, world.file())
    form = {"do": "answer", "sense": "favourable", "signatory": "Paul"}
    assert visitor(link).post(here(link), form).status_code == 400
    assert not replies(world)


def test_a_pdf_becomes_a_piece_of_the_file(world: World) -> None:
    link = asked(world, world.file())
    answered(link, file=SimpleUploadedFile("avis.pdf", pdf()))
    document = replies(world)[0].document
    assert document is not None
    assert (document.title, document.kind, document.media_type) == ("avis", "opinion", "application/pdf")


def test_a_file_that_is_no_pdf_is_refused_and_nothing_is_kept(world: World) -> None:
    link = asked(world, world.file())
    answer = answered(link, text="À garder", file=SimpleUploadedFile("avis.pdf", b"MZ\0\0 not a pdf"))
    assert answer.status_code == 400
    assert "À garder" in answer.content.decode()
    assert not replies(world)
    with world.as_():
        assert not Piece.objects.exists()


def test_a_second_answer_is_refused(world: World) -> None:
    link = asked(world, world.file())
    client = verified(link)
    form = {"do": "answer", "sense": "favourable", "signatory": "Paul"}
    assert client.post(here(link), form).status_code == 302
    assert client.post(here(link), {**form, "sense": "unfavourable"}).status_code == 409
    assert "Reçu le 10 février 2026" in client.get(here(link)).content.decode()
    assert len(replies(world)) == 1


def test_who_holds_a_link_sees_no_other_file_of_the_commune(world: World) -> None:
    other = world.file(filed_date=date(2026, 1, 6))
    link = asked(world, world.file())
    client = verified(link)
    assert client.get(f"/permis/{other.number}/").status_code == 302
    assert str(other) not in client.get(here(link)).content.decode()


# -- what the instructor does with it ---------------------------------------------------------------------------------


def test_an_answer_taken_over_is_the_opinion_of_the_day_it_came(world: World, on_day: Any) -> None:
    link = asked(world, world.file())
    answered(link, sense="with_prescriptions", prescription=["Reculer le portail."])
    on_day(date(2026, 2, 16))
    (one,) = replies(world)
    permit = one.consultation.permit
    address = f"/permis/{permit.number}/consultations/{one.consultation_id}/reponses/{one.pk}/"
    assert world.client().post(address, {"do": "take"}).status_code == 302
    with world.as_():
        kept = Consultation.objects.get()
    assert (kept.opinion, kept.answered_date) == ("with_prescriptions", date(2026, 2, 10))
    assert kept.prescriptions == ["Reculer le portail."]
    assert replies(world)[0].state == "taken"


def test_the_architect_s_answer_taken_over_is_an_event(world: World) -> None:
    link = asked(world, world.file(), "abf")
    answered(link, sense="unfavourable")
    with world.as_():
        take_over(replies(world)[0], rights=world.rights())
        event = Event.objects.get(what="architect_said")
    assert (event.on_date, event.detail["opinion"]) == (date(2026, 2, 10), "unfavourable")


def test_what_no_observation_means_is_the_instructor_s_to_say(world: World) -> None:
    link = asked(world, world.file())
    answered(link, sense="no_observation")
    (one,) = replies(world)
    with world.as_():
        with pytest.raises(Invalid):
            take_over(one, rights=world.rights())
        assert take_over(one, opinion="favourable", rights=world.rights()).opinion == "favourable"


def test_an_answer_over_another_one_needs_a_reason(world: World) -> None:
    from permits.services.consulting import answer

    link = asked(world, world.file())
    answered(link)
    (one,) = replies(world)
    with world.as_():
        answer(one.consultation, opinion="unfavourable", answered=date(2026, 2, 10), rights=world.rights())
        with pytest.raises(Conflict):
            take_over(one, rights=world.rights())
        assert take_over(one, reason="reçu depuis", rights=world.rights()).opinion == "favourable"


def test_an_answer_set_aside_keeps_its_reason_and_another_one_may_come(world: World) -> None:
    link = asked(world, world.file())
    answered(link, file=SimpleUploadedFile("avis.pdf", pdf()))
    (one,) = replies(world)
    with world.as_():
        with pytest.raises(Invalid):
            set_aside(one, reason=" ", rights=world.rights())
        set_aside(one, reason="autre dossier", rights=world.rights())
        assert Piece.objects.get().removed_reason == "autre dossier"
        assert Consultation.objects.get().answered_date is None
    assert (replies(world)[0].state, replies(world)[0].settled_reason) == ("aside", "autre dossier")
    with factories.as_owner():
        ConsultationLink.objects.update(code_at=None)
    assert answered(link, sense="unfavourable").status_code == 302
    assert [one.state for one in replies(world)] == ["aside", "received"]


def test_an_answer_is_settled_once(world: World) -> None:
    link = asked(world, world.file())
    answered(link)
    (one,) = replies(world)
    with world.as_():
        take_over(one, rights=world.rights())
        with pytest.raises(Conflict):
            set_aside(one, reason="trop tard", rights=world.rights())


@pytest.mark.parametrize("who", [Role.READER, Role.TOWN_HALL, Role.NETWORK_TECHNICIAN])
def test_only_instructors_take_over(world: World, who: str) -> None:
    link = asked(world, world.file())
    answered(link)
    (one,) = replies(world)
    with world.as_(who):
        with pytest.raises(Forbidden):
            take_over(one, rights=world.rights(who))
        with pytest.raises(Forbidden):
            set_aside(one, reason="non", rights=world.rights(who))


def test_the_page_of_the_file_shows_what_waits_to_be_taken_over(world: World) -> None:
    permit = world.file()
    link = asked(world, permit)
    answered(link, sense="unfavourable", text="Trop près du fossé.")
    text = world.client().get(f"/permis/{permit.number}/consultations/", headers=HTML).content.decode()
    assert "Trop près du fossé." in text
    assert "Reprendre la réponse" in text
    assert "Réponse attendue jusqu’au 10 mars 2026" in re.sub(r"\s+", " ", text)
