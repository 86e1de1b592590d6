"""Letters of a file: begun from the template, changed, numbered and locked; who reads them."""

import hashlib
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import docx
import pypdfium2
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from gis_core.letters import services as core
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Role
from gis_core.models import Letter, Letterhead
from permits.acts.kinds import FOR_FILES
from permits.acts.kinds import KINDS as ACTS
from permits.deadlines.law import Ground, Kind
from permits.letters import KINDS, LetterRequest, describe_ground, letter_field_values
from permits.models import ApplicantReading, Consultation, Permit, Settings
from permits.services import letters
from permits.services.applicants import Person
from tests import factories
from tests.permits.conftest import World

pytestmark = pytest.mark.django_db
INSTRUCTOR = Role.PERMIT_INSTRUCTOR


def begun(world: World, permit: Permit, code: str = "permit-receipt", who: str = INSTRUCTOR, **asked: Any) -> Letter:
    with world.as_(who):
        return letters.begin_letter(permit, kind_of(code), LetterRequest(**asked), world.rights(who))


def final(world: World, permit: Permit, code: str = "permit-receipt", who: str = INSTRUCTOR) -> Letter:
    draft = begun(world, permit, code, who)
    with world.as_(who):
        words = {name: getattr(draft, name) for name in core.TEXTS}
        body = words["body"].replace("[à compléter", "[fait").replace("[à confirmer", "[su")
        words |= {"body": body, "recipient": words["recipient"] or "Mairie"}
        return letters.finalise_letter(permit, draft, words, draft.version, world.rights(who))


def here(permit: Permit, letter: Letter | None = None, file: str = "") -> str:
    rest = f"{letter.pk}/{file}" if letter else ""
    return f"/permis/{permit.number}/courriers/{rest}"


def sent(letter: Letter, action: str = "save", **words: str) -> dict[str, Any]:
    kept = {name: getattr(letter, name) for name in core.TEXTS}
    return kept | {"version": letter.version, "action": action} | words


def pdf_words(content: bytes) -> str:
    return "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content))


def post(world: World, address: str, form: dict[str, Any], who: str = INSTRUCTOR) -> tuple[int, str]:
    """The status and the page, as a browser gets them."""
    answer = world.client(who).post(address, form, headers={"accept": "text/html"})
    return answer.status_code, unescape(answer.content.decode())


def now(world: World, letter: Letter) -> Letter:
    with world.as_(INSTRUCTOR):
        return Letter.objects.get(pk=letter.pk)


def page(world: World, address: str, who: str = INSTRUCTOR) -> str:
    answer = world.client(who).get(address, headers={"accept": "text/html"})
    assert answer.status_code == 200
    return answer.content.decode()


# -- beginning --------------------------------------------------------------------------------------------------------


def test_a_receipt_says_what_is_known_of_the_file(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 6))
    permit = world.file(description="Une **grange**", address="Le Bourg")
    letter = begun(world, permit)
    assert letter.recipient == "Jeanne Martin\n1 rue des Lilas"
    assert letter.title == "Récépissé de dépôt du dossier PC 045 901 26 00001"
    for words in (
        "5 janvier 2026",
        "| Parcelles | AB 1 |",
        "**3 mois**",
        "R.423-23 c",
        "**5 avril 2026**",
        "5 février 2026",
    ):
        assert words in letter.body
    assert "permis tacite (article R.424-1)" in letter.body
    assert "[à compléter" not in letter.body


def test_the_reading_of_the_applicant_is_in_the_journal(world: World) -> None:
    permit = world.file()
    begun(world, permit)
    with factories.as_owner():
        line = ApplicantReading.objects.latest("id")
    assert (line.action, line.numbers, line.purpose) == ("read", [permit.number], "Courrier\u00a0: Récépissé de dépôt")


def test_missing_pieces_say_the_delay_that_was_made_longer(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.file()
    world.record(permit, "longer_notified", date(2026, 1, 12), grounds=["protected_surroundings"])
    assert "de 4 mois, commencera" in begun(world, permit, "permit-pieces", documents=["Notice"]).body


def test_missing_pieces_come_from_what_is_typed_or_else_from_the_event(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.file()
    assert (
        "| 1 | Plan de masse |\n| 2 | Notice |"
        in begun(world, permit, "permit-pieces", documents=["Plan de masse", "Notice"]).body
    )
    assert "[à compléter" in begun(world, permit, "permit-pieces").body
    world.record(permit, "pieces_asked", date(2026, 1, 20), pieces=["Photographies"])
    assert "| 1 | Photographies |" in begun(world, permit, "permit-pieces").body


def test_a_longer_delay_is_counted_with_its_grounds_and_articles(world: World, on_day: Any) -> None:
    from permits.deadlines.law import Ground

    on_day(date(2026, 1, 20))
    body = begun(world, world.file(), "permit-longer", grounds=[Ground.PROTECTED_SURROUNDINGS]).body
    assert "abords d’un monument historique (R.423-24)" in body
    assert "**4 mois**" in body
    assert "5 mai 2026" in body


def test_a_consultation_says_whom_and_until_when(world: World) -> None:
    permit = world.file()
    with world.as_(INSTRUCTOR):
        asked = Consultation.objects.create(
            permit=permit, body="sdis", requested_date=date(2026, 1, 10), months=1, due_date=date(2026, 2, 10),
            silence="favourable", reason=["Défense incendie"],
        )  # fmt: skip
    letter = begun(world, permit, "permit-consultation", consultation=asked)
    assert not letter.nominative
    assert "Jeanne" not in letter.body + letter.recipient
    for words in ("10 février 2026", "- Défense incendie", "réputé favorable"):
        assert words in letter.body


@pytest.mark.parametrize("what", Permit.Kind.values)
def test_every_letter_of_a_kind_of_file_can_be_begun(world: World, what: str) -> None:
    permit = world.file(kind=what)
    with world.as_(INSTRUCTOR):
        values = letter_field_values(permit, LetterRequest(), Person("Jeanne"))
    for kind in (*KINDS, *ACTS):
        assert set(values) <= set(kind.fields_by_name()) | {
            name for one in (*KINDS, *ACTS) for name in one.fields_by_name()
        }
        if Kind(what) in FOR_FILES[kind.code]:
            assert begun(world, permit, kind.code).body


# -- finalising -------------------------------------------------------------------------------------------------------


def test_a_final_letter_has_its_number_its_files_and_their_hash(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 6))
    letter = final(world, world.file())
    assert letter.number == "ADS-2026-000001"
    content = bytes(letter.pdf or b"")
    assert letter.sha256 == hashlib.sha256(content).hexdigest()
    words = pdf_words(content)
    assert "ADS-2026-000001" in words
    assert "Jeanne Martin" in words
    assert "PROJET" not in words
    file = docx.Document(BytesIO(bytes(letter.docx or b"")))
    assert "Réf. : ADS-2026-000001" in [paragraph.text for paragraph in file.paragraphs]


def test_numbers_follow_one_another_by_member_and_year(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 6))
    permit = world.file()
    assert [final(world, permit).number for _time in range(2)] == ["ADS-2026-000001", "ADS-2026-000002"]
    on_day(date(2027, 1, 6))
    assert final(world, permit).number == "ADS-2027-000001"
    other = world.file("stranger", insee="45903", parcels=["AC 1"])
    assert final(world, other, who="stranger").number == "ADS-2027-000001"


def test_a_number_whose_letter_fails_is_given_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    permit = world.file()

    def fails(document: Any) -> bytes:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("gis_core.letters.word.docx_of", fails)
        with pytest.raises(OSError):  # noqa: PT011
            final(world, permit)
    assert str(final(world, permit).number).endswith("-000001")


@pytest.mark.parametrize(
    "statement",
    [
        "update gis_core_letter set body = 'autre'",
        "update gis_core_letter set state = 'draft', number = null",
        "update gis_core_letter set pdf = 'x'",
        "delete from gis_core_letter",
    ],
)
def test_postgresql_refuses_to_change_a_final_letter(world: World, statement: str) -> None:
    final(world, world.file())
    with factories.as_owner():
        refused = pytest.raises(DatabaseError, match="neither changed nor removed")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_postgresql_refuses_a_final_letter_without_its_files(world: World) -> None:
    letter = begun(world, world.file())
    with world.as_(INSTRUCTOR), pytest.raises(DatabaseError, match="letter_final_is_whole"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(state="final")


@pytest.mark.parametrize("who", [Role.TOWN_HALL, Role.READER])
def test_only_who_writes_for_the_member_takes_a_number(world: World, who: str) -> None:
    refused = pytest.raises(DatabaseError, match="numbers its letters")
    with world.as_(who), refused, transaction.atomic():
        core.next_number(world.member.pk, "ADS", 2026)


def test_what_is_to_be_completed_is_not_made_final(world: World) -> None:
    permit = world.file()
    letter = begun(world, permit, "permit-refused")
    status, text = post(world, here(permit, letter), sent(letter, "final", title="Mots tapés"))
    assert status == 400
    assert "Il reste un endroit à compléter" in text
    assert "Mots tapés" in text
    letter = now(world, letter)
    assert (letter.state, letter.version) == ("draft", 1)


def test_the_letterhead_stands_around_the_letter(world: World) -> None:
    with world.as_(Role.GIS_ADMINISTRATOR):
        Letterhead.objects.create(owner=world.member, name="Le Lys", place="Lorris", signatory="La présidente")
    letter = final(world, world.file())
    words = pdf_words(bytes(letter.pdf or b""))
    for one in ("Le Lys", "Lorris, le ", "La présidente"):
        assert one in words


# -- pages ------------------------------------------------------------------------------------------------------------


def test_a_letter_goes_from_the_form_to_its_lock(world: World) -> None:
    permit, client = world.file(), world.client()
    answer = client.post(here(permit), {"kind": "permit-receipt"})
    assert answer.status_code == 302
    with world.as_(INSTRUCTOR):
        letter = Letter.objects.get()
    assert answer["Location"] == here(permit, letter)
    assert client.post(here(permit, letter), sent(letter, title="Autre objet")).status_code == 302
    letter = now(world, letter)
    assert letter.title == "Autre objet"
    assert client.post(here(permit, letter), sent(letter, "final", title="Dernier objet")).status_code == 302
    letter = now(world, letter)
    assert (letter.title, letter.state) == ("Dernier objet", "final")
    text = page(world, here(permit))
    assert str(letter.number) in text
    assert letter.sha256 in text
    assert client.post(here(permit, letter), sent(letter)).status_code == 409


def test_a_final_letter_offers_to_record_that_it_was_notified(world: World) -> None:
    permit = world.file()
    letter = final(world, permit, "permit-refused")
    assert f'href="/permis/{permit.number}/evenements/decided/?courrier={letter.pk}"' in page(world, here(permit))


def test_a_late_version_is_refused_and_nothing_typed_is_lost(world: World) -> None:
    permit, client = world.file(), world.client()
    letter = begun(world, permit)
    old = sent(letter, title="Mes mots")
    client.post(here(permit, letter), sent(letter, title="Les autres"))
    status, text = post(world, here(permit, letter), old)
    assert status == 412
    assert 'value="Mes mots"' in text
    assert 'name="version" value="2"' in text


def test_fields_typed_into_a_draft_are_refused(world: World) -> None:
    permit = world.file()
    letter = begun(world, permit)
    status, text = post(world, here(permit, letter), sent(letter, body="Bonjour {{ numero }}"))
    assert status == 400
    assert "Bonjour {{ numero }}" in text


def test_what_is_typed_after_the_lock_is_told_and_not_lost(world: World) -> None:
    permit = world.file()
    status, text = post(world, here(permit, final(world, permit)), sent(Letter(title="x", version=1), body="Mes mots"))
    assert status == 409
    assert "il n’est ni modifié ni supprimé" in text
    assert "Mes mots" in text


def test_a_draft_is_thrown_away(world: World) -> None:
    permit = world.file()
    letter = begun(world, permit)
    assert world.client().post(here(permit, letter), sent(letter, "discard")).status_code == 302
    with world.as_(INSTRUCTOR):
        assert not Letter.objects.exists()


@pytest.mark.parametrize(("file", "kind"), [("pdf/", "application/pdf"), ("docx/", "wordprocessingml")])
def test_a_draft_s_files_are_marked(world: World, file: str, kind: str) -> None:
    permit = world.file()
    answer = world.client().get(here(permit, begun(world, permit), file))
    assert kind in answer["Content-Type"]
    assert "no-store" in answer["Cache-Control"]
    words = (
        pdf_words(answer.content)
        if file == "pdf/"
        else docx.Document(BytesIO(answer.content)).sections[0].header.paragraphs[0].text
    )
    assert "PROJET" in words


@pytest.mark.parametrize("form", ["exe", "..", "PDF"])
def test_there_is_no_other_file(world: World, form: str) -> None:
    permit = world.file()
    assert world.client().get(here(permit, begun(world, permit), f"{form}/")).status_code == 404


def test_markup_of_pages_in_a_letter_is_words(world: World) -> None:
    permit = world.file(description="<script>alert(1)</script>")
    letter = begun(world, permit)
    text = page(world, here(permit, letter))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_after_the_first_month_a_notice_is_begun_with_a_warning(world: World) -> None:
    permit = world.file()
    answer = world.client().post(here(permit), {"kind": "permit-pieces"}, follow=True, headers={"accept": "text/html"})
    assert "Le premier mois est passé" in answer.content.decode()


# -- who --------------------------------------------------------------------------------------------------------------


def reads(client: Client, permit: Permit, letter: Letter) -> int:
    return client.get(here(permit, letter)).status_code


def test_town_halls_read_final_letters_of_their_communes_and_no_drafts(world: World) -> None:
    permit = world.file()
    draft, locked = begun(world, permit), final(world, permit)
    client = world.client(Role.TOWN_HALL)
    assert reads(client, permit, locked) == 200
    assert reads(client, permit, draft) == 404
    assert client.post(here(permit), {"kind": "permit-receipt"}).status_code == 403
    elsewhere = world.file(insee="45902", parcels=[])
    assert reads(client, elsewhere, final(world, elsewhere)) == 404


def test_a_letter_that_names_the_applicant_is_for_those_who_read_applicants(world: World) -> None:
    permit = world.file()
    named, other = final(world, permit), final(world, permit, "permit-consultation")
    client = world.client(Role.READER)
    assert (reads(client, permit, named), reads(client, permit, other)) == (404, 200)
    with factories.as_owner():
        Settings.objects.create(member=world.member, applicant_roles=[Role.READER])
    assert reads(client, permit, named) == 200


def test_postgresql_shows_no_named_letter_to_who_does_not_read_applicants(world: World) -> None:
    permit = world.file()
    named, other = final(world, permit), final(world, permit, "permit-consultation")
    for who, seen in ((Role.READER, {other.pk}), (INSTRUCTOR, {named.pk, other.pk}), ("stranger", set())):
        with world.as_(who), factories.as_role("arpent_web"), connection.cursor() as cursor:
            cursor.execute("select id from gis_core_letter")
            assert {pk for (pk,) in cursor.fetchall()} == seen


def test_who_does_not_read_applicants_writes_and_sees_their_own_letter_without_the_name(world: World) -> None:
    permit = world.file()
    letter = begun(world, permit, who=Role.GIS_ADMINISTRATOR)
    assert letter.recipient == ""
    assert reads(world.client(Role.GIS_ADMINISTRATOR), permit, letter) == 200
    sent_as_is = sent(letter, "final", body="Texte")
    assert "Dites à qui" in post(world, here(permit, letter), sent_as_is, Role.GIS_ADMINISTRATOR)[1]


def test_reading_a_named_letter_is_in_the_journal(world: World) -> None:
    permit = world.file()
    letter = final(world, permit)
    world.client(Role.TOWN_HALL).get(here(permit, letter, "pdf/"))
    with factories.as_owner():
        line = ApplicantReading.objects.latest("id")
    assert (line.by_user, line.purpose) == (world.people[Role.TOWN_HALL].pk, f"Courrier\u00a0: {letter.number}")


def test_a_letter_of_another_file_is_not_found(world: World) -> None:
    letter = begun(world, world.file())
    assert reads(world.client(), world.file(), letter) == 404


@pytest.mark.parametrize("ground", list(Ground))
def test_whatever_makes_a_delay_longer_has_words_in_a_letter(ground: Ground) -> None:
    assert describe_ground(ground, Kind.PC, date(2026, 1, 5))
