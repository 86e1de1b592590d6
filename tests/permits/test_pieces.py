"""Pieces: what a file is follows from its content; they are kept, opened with a line in the journal, removed."""

import errno
import hashlib
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from gis_core.files.content import DOCX, ODT
from gis_core.members.rights import Role
from permits.models import ApplicantReading, Permit, Piece
from permits.services.documents import DOCUMENTS
from tests import factories
from tests.documents import docx, image, odt, pdf, pdf_of_objects
from tests.permits.conftest import World

DWG = b"AC1032" + b"\0" * 200


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def sent(
    world: World, permit: Permit, *files: tuple[str, bytes], who: str = Role.PERMIT_INSTRUCTOR, kind: str = "plan"
) -> Any:
    """The answer as a person sees it."""
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    page = {"accept": "text/html"}
    return world.client(who).post(f"/permis/{permit.number}/pieces/", {"kind": kind, "file": uploads}, headers=page)


def opened(world: World, piece: Piece, who: str = Role.PERMIT_INSTRUCTOR) -> tuple[Any, bytes]:
    """The answer, and what it brings, read to its end."""
    answer: Any = world.client(who).get(f"/permis/{piece.permit.number}/pieces/{piece.pk}/")
    content = b"".join(answer.streaming_content)
    for close in answer._resource_closers:  # close() itself would end the test's connection
        close()
    return answer, content


def kept(world: World) -> list[Piece]:
    with world.as_():
        return list(Piece.objects.select_related("permit"))


def seen(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR) -> str:
    return world.client(who).get(f"/permis/{permit.number}/pieces/").content.decode()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pdf(), "application/pdf"),
        (image(), "image/jpeg"),
        (image("PNG"), "image/png"),
        (image("WEBP"), "image/jpeg"),
        (docx(), DOCX.media_type),
        (odt(), ODT.media_type),
        (DWG, "image/vnd.dwg"),
    ],
)
def test_the_content_says_what_a_piece_is_whatever_it_is_called(world: World, content: bytes, media_type: str) -> None:
    permit = world.file()
    assert sent(world, permit, ("facture.exe", content)).status_code == 302
    (piece,) = kept(world)
    assert (piece.title, piece.media_type, piece.kind) == ("facture", media_type, "plan")


def test_a_piece_lies_under_the_files_with_its_size_and_sum(world: World, files: Path) -> None:
    permit, content = world.file(), pdf()
    sent(world, permit, ("plan.pdf", content))
    (piece,) = kept(world)
    assert (files / "permits" / str(permit.pk) / str(piece.name)).read_bytes() == content
    assert (piece.size_bytes, piece.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_an_image_is_made_anew_without_the_place_where_it_was_taken(world: World, form: str) -> None:
    permit = world.file()
    sent(world, permit, ("façade", image(form, placed=True)))
    with Image.open(DOCUMENTS.path_of(kept(world)[0])) as opened:
        assert (dict(opened.getexif()), opened.getexif().get_ifd(0x8825), opened.size) == ({}, {}, (40, 20))


def test_a_very_large_scan_is_made_smaller(world: World) -> None:
    permit = world.file()
    sent(world, permit, ("plan.jpg", image(size=(9_000, 900))))
    with Image.open(DOCUMENTS.path_of(kept(world)[0])) as opened:
        assert opened.size == (6_000, 600)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\nhello", "pas un PDF qui s’ouvre"),
        (b"MZ\x90\0 a program", "ni un PDF, ni une image"),
        (b"<html><script>alert(1)</script>", "ni un PDF, ni une image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ni un PDF, ni une image"),
        (b"", "Il est vide"),
        (b"\xff\xd8\xff\xe0 cut", "photo"),
        (docx(macros=True), "macros"),
    ],
)
def test_what_is_no_piece_is_refused_in_words_and_nothing_stays(
    world: World, files: Path, content: bytes, words: str
) -> None:
    permit = world.file()
    answer = sent(world, permit, ("plan.pdf", content))
    assert (answer.status_code, kept(world)) == (400, [])
    assert words in answer.content.decode()
    assert [path for path in files.rglob("*") if path.is_file()] == []


def test_good_files_are_kept_beside_a_bad_one(world: World) -> None:
    permit = world.file()
    answer = sent(world, permit, ("a.pdf", pdf()), ("b.pdf", b"%PDF-1.7 no"), ("c.png", image("PNG")))
    assert (answer.status_code, [piece.title for piece in kept(world)]) == (400, ["a", "c"])
    assert "1 fichier n’a pas été ajouté" in answer.content.decode()
    assert "2 pièces ajoutées" in answer.content.decode()


def test_a_piece_above_the_limit_is_refused_and_named(world: World, settings: Any) -> None:
    settings.PIECE_MAX_BYTES = 1_000
    permit = world.file()
    answer = sent(world, permit, ("grand.dwg", DWG * 10))
    assert (answer.status_code, kept(world)) == (400, [])
    assert "dépasse" in answer.content.decode()


def test_a_huge_sending_is_refused_before_its_body_is_read(world: World) -> None:
    permit = world.file()
    client = world.client()

    class Unread(BytesIO):
        def read(self, *_size: int | None) -> bytes:
            raise AssertionError("the body was read")

    given: dict[str, Any] = {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": str(500 * 1_048_576),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    answer = client.generic(
        "POST",
        f"/permis/{permit.number}/pieces/",
        headers={"accept": "text/html"},
        **given,
    )
    assert answer.status_code == 413
    assert "une pièce a au plus 50 Mo" in answer.content.decode().replace("\xa0", " ")


def test_a_full_disk_leaves_nothing_half_written(world: World, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    permit = world.file()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", full)
    answer = sent(world, permit, ("plan.pdf", pdf()))
    assert (answer.status_code, kept(world)) == (400, [])
    assert "le disque est plein" in answer.content.decode()
    assert [path for path in files.rglob("*") if path.is_file()] == []


def test_a_full_disk_while_it_is_sent_is_said_in_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", full)
    answer = sent(world, world.file(), ("plan.pdf", pdf()))
    assert answer.status_code == 503
    assert "le disque est plein" in answer.content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [({"kind": "plan"}, "Choisissez 1 à 20 fichiers"), ({"kind": "secret"}, "Choisissez ce que sont")],
)
def test_a_form_that_lacks_something_is_shown_again(world: World, form: dict[str, str], words: str) -> None:
    permit = world.file()
    files = {} if form["kind"] == "plan" else {"file": SimpleUploadedFile("a.pdf", pdf())}
    answer = world.client().post(f"/permis/{permit.number}/pieces/", form | files, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert words in answer.content.decode()


# -- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [Role.PERMIT_INSTRUCTOR, Role.TOWN_HALL])
def test_who_reads_the_applicant_opens_a_piece_and_the_journal_keeps_it(world: World, who: str) -> None:
    permit, content = world.file(), pdf()
    sent(world, permit, ("plan.pdf", content), who=who)
    (piece,) = kept(world)
    assert opened(world, piece, who)[1] == content
    with world.as_(Role.GIS_ADMINISTRATOR):
        line = ApplicantReading.objects.first()
    assert line
    assert (line.by_user, line.action, line.numbers) == (world.people[who].pk, "read", [permit.number])
    assert line.purpose.startswith("Pièce")


@pytest.mark.parametrize(
    "who", [Role.READER, Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR]
)
def test_other_roles_neither_list_nor_open_pieces(world: World, who: str) -> None:
    permit = world.file()
    sent(world, permit, ("Cerfa Martin.pdf", pdf()), kind="form")
    (piece,) = kept(world)
    assert world.client(who).get(f"/permis/{permit.number}/pieces/{piece.pk}/").status_code == 403
    page = seen(world, permit, who)
    assert "Martin" not in page
    assert "votre rôle ne vous ouvre pas" in page


@pytest.mark.parametrize("who", [Role.READER, Role.NETWORK_TECHNICIAN])
def test_who_only_reads_adds_and_removes_nothing(world: World, who: str) -> None:
    permit = world.file()
    sent(world, permit, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    assert sent(world, permit, ("autre.pdf", pdf()), who=who).status_code == 403
    assert world.client(who).post(f"/permis/{permit.number}/pieces/{piece.pk}/retirer/").status_code == 403
    assert kept(world) == [piece]
    assert "Ajouter des pièces" not in seen(world, permit, who)


def test_a_gis_administrator_adds_pieces_that_they_neither_open_nor_remove(world: World) -> None:
    permit = world.file()
    assert sent(world, permit, ("plan.pdf", pdf()), who=Role.GIS_ADMINISTRATOR).status_code == 302
    assert "1 pièce, que votre rôle ne vous ouvre pas" in seen(world, permit, Role.GIS_ADMINISTRATOR)
    (piece,) = kept(world)
    removal = f"/permis/{permit.number}/pieces/{piece.pk}/retirer/"
    assert world.client(Role.GIS_ADMINISTRATOR).post(removal).status_code == 403


def test_a_stranger_finds_no_piece(world: World) -> None:
    permit = world.file()
    sent(world, permit, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    assert world.client("stranger").get(f"/permis/{permit.number}/pieces/{piece.pk}/").status_code == 404
    assert sent(world, permit, ("autre.pdf", pdf()), who="stranger").status_code == 404


def test_a_piece_of_another_file_is_not_found_under_this_one(world: World) -> None:
    permit, other = world.file(), world.file()
    sent(world, other, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    assert world.client().get(f"/permis/{permit.number}/pieces/{piece.pk}/").status_code == 404


# -- serving ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "disposition"),
    [
        (pdf(), "inline"),
        (image(), "inline"),
        (pdf_of_objects(catalog=b"/OpenAction<</S/JavaScript/JS(x)>>"), "attachment"),
        (docx(), "attachment"),
        (DWG, "attachment"),
    ],
)
def test_what_may_act_is_saved_and_shut_in(world: World, content: bytes, disposition: str) -> None:
    permit = world.file()
    sent(world, permit, ("Plan de masse.pdf", content))
    (piece,) = kept(world)
    answer, _content = opened(world, piece)
    assert answer["Content-Disposition"].startswith(disposition)
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", piece.media_type)
    assert ("sandbox" in answer["Content-Security-Policy"]) == (disposition == "attachment")
    assert "Plan%20de%20masse" in answer["Content-Disposition"] or "Plan de masse" in answer["Content-Disposition"]


def test_who_has_a_piece_is_told_so_once_the_journal_knows_and_only_where_they_may_open_it(world: World) -> None:
    permit = world.file()
    sent(world, permit, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    answer, _content = opened(world, piece)
    known = {"If-None-Match": answer["ETag"]}
    address = f"/permis/{permit.number}/pieces/{piece.pk}/"
    again: Any = world.client().get(address, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    with world.as_(Role.GIS_ADMINISTRATOR):
        assert ApplicantReading.objects.filter(action="read", purpose__startswith="Pièce").count() == 2
    assert world.client(Role.READER).get(address, headers=known).status_code == 403
    assert world.client("stranger").get(address, headers=known).status_code == 404


def test_a_piece_whose_content_is_missing_says_so(world: World) -> None:
    permit = world.file()
    sent(world, permit, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    DOCUMENTS.path_of(piece).unlink()
    answer = world.client().get(f"/permis/{permit.number}/pieces/{piece.pk}/", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert "manque" in answer.content.decode()


def removal_of(permit: Permit, piece: Piece) -> str:
    return f"/permis/{permit.number}/pieces/{piece.pk}/retirer/"


def erasing_of(permit: Permit, piece: Piece) -> str:
    return f"/permis/{permit.number}/pieces/{piece.pk}/effacer/"


def removed(world: World, permit: Permit) -> Piece:
    sent(world, permit, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    answer = world.client().post(removal_of(permit, piece), {"reason": "Versée dans le mauvais dossier"})
    assert answer.status_code == 302
    return kept(world)[0]


def test_a_removed_piece_is_kept_with_who_removed_it_and_why(world: World) -> None:
    permit = world.file()
    piece = removed(world, permit)
    assert piece.removed_at is not None
    assert (piece.removed_by_id, piece.removed_reason) == (
        world.people[Role.PERMIT_INSTRUCTOR].pk,
        "Versée dans le mauvais dossier",
    )
    assert DOCUMENTS.path_of(piece).exists()
    page = seen(world, permit)
    assert "Pièces retirées" in page
    assert "Versée dans le mauvais dossier" in page
    answer, content = opened(world, piece)
    assert (answer.status_code, len(content)) == (200, piece.size_bytes)
    assert world.client().post(removal_of(permit, piece), {"reason": "encore"}).status_code == 409


def test_a_program_is_told_what_a_removal_lacks(world: World) -> None:
    permit = world.file()
    sent(world, permit, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    answer = world.client().post(removal_of(permit, piece), headers={"accept": "*/*"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].startswith("Dites pourquoi la pièce est retirée")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_removal_says_why(world: World, reason: str) -> None:
    permit = world.file()
    sent(world, permit, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    assert world.client().post(removal_of(permit, piece), {"reason": reason}).status_code == 400
    assert kept(world)[0].removed_at is None


def refused(world: World) -> Permit:
    """A file that ended on 10 February 2026, of a member that keeps its pieces for ten years."""
    factories.retention_time(world.member, "permit", 10)
    return world.record(world.file(), "decided", date(2026, 2, 10), outcome="refused")


VISA = {"visa_number": "AD45-2037-12", "visa_date": "2037-01-15"}


def test_a_piece_of_a_file_that_is_not_finished_is_not_erased(
    world: World, on_day: Any, django_capture_on_commit_callbacks: Any
) -> None:
    on_day(date(2026, 1, 6))
    permit = world.file()
    piece = removed(world, permit)
    with django_capture_on_commit_callbacks(execute=True):
        answer = world.client().post(erasing_of(permit, piece), VISA, headers={"accept": "text/html"})
    assert answer.status_code == 409
    assert "n’est pas terminé" in answer.content.decode()
    assert DOCUMENTS.path_of(piece).exists()


@pytest.mark.parametrize(("day", "visa", "status", "left"), [
    (date(2036, 2, 10), VISA, 409, True),
    (date(2037, 2, 1), {}, 400, True),
    (date(2037, 2, 1), {"visa_number": "AD45-2037-12", "visa_date": "2037-02-02"}, 400, True),
    (date(2037, 2, 1), {"visa_number": "", "visa_date": "2037-01-15"}, 400, True),
    (date(2037, 2, 1), VISA, 302, False),
])  # fmt: skip
def test_erasing_needs_the_time_and_the_visa(
    world: World, on_day: Any, django_capture_on_commit_callbacks: Any,
    day: date, visa: dict[str, str], status: int, left: bool,
) -> None:  # fmt: skip
    permit = refused(world)
    piece = removed(world, permit)
    on_day(day)
    with django_capture_on_commit_callbacks(execute=True):
        assert world.client().post(erasing_of(permit, piece), visa).status_code == status
    assert DOCUMENTS.path_of(piece).exists() is left
    if not left:
        (piece,) = kept(world)
        assert (piece.visa_number, piece.visa_date) == ("AD45-2037-12", date(2037, 1, 15))
        assert piece.erased_by_id == world.people[Role.PERMIT_INSTRUCTOR].pk
        assert "AD45-2037-12" in seen(world, permit)
        assert world.client().get(f"/permis/{permit.number}/pieces/{piece.pk}/").status_code == 404
        # A backup looks for no file of it.
        with factories.as_worker(), connection.cursor() as cursor:
            cursor.execute("select arpent.files_of_permits()")
            assert cursor.fetchall() == []


@pytest.mark.parametrize("entered", ["nothing", "another member's", "another kind's"])
def test_nothing_is_erased_before_the_member_has_entered_how_long_it_keeps(
    world: World, on_day: Any, entered: str
) -> None:
    permit = world.record(world.file(), "decided", date(2026, 2, 10), outcome="refused")
    piece = removed(world, permit)
    if entered == "another member's":
        factories.retention_time(factories.member(), "permit", 1)
    if entered == "another kind's":
        factories.retention_time(world.member, "road_request", 1)
    on_day(date(2080, 1, 1))
    answer = world.client().post(
        erasing_of(permit, piece), VISA | {"visa_date": "2079-01-01"}, headers={"accept": "text/html"}
    )
    assert answer.status_code == 409
    assert "la durée n’est pas encore saisie" in answer.content.decode()
    assert DOCUMENTS.path_of(piece).exists()


def test_a_piece_that_stands_is_not_erased(world: World, on_day: Any) -> None:
    permit = refused(world)
    sent(world, permit, ("plan.pdf", pdf()))
    (piece,) = kept(world)
    on_day(date(2037, 2, 1))
    assert world.client().post(erasing_of(permit, piece), VISA).status_code == 409
