"""/courriers/: templates are edited, looked at, restored; the letterhead; who may."""

from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from PIL import Image

from gis_core.letters import services as core
from gis_core.letters.kinds import kind_of
from gis_core.letters.logo import LARGEST, MOST_BYTES
from gis_core.members.rights import Role
from gis_core.models import Letterhead, LetterTemplate
from permits.letters import LetterRequest
from permits.services import letters
from tests.permits.conftest import World

pytestmark = pytest.mark.django_db
INSTRUCTOR, ADMINISTRATOR = Role.PERMIT_INSTRUCTOR, Role.GIS_ADMINISTRATOR
HTML = {"accept": "text/html"}


def address(world: World, kind: str = "permit-receipt") -> str:
    return f"/courriers/{world.member.slug}/{kind}/"


def send(world: World, who: str = INSTRUCTOR, at: str = "", **form: Any) -> tuple[int, str]:
    given = {"title": "Objet {{ numero }}", "body": "Bonjour {{ demandeur_nom }}", "version": 0, "action": "save"}
    answer = world.client(who).post(at or address(world), given | form, headers=HTML)
    return answer.status_code, unescape(answer.content.decode(errors="replace"))


def page(world: World, at: str, who: str = INSTRUCTOR) -> str:
    answer = world.client(who).get(at, headers=HTML)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_saved_template_is_what_letters_begin_with(world: World) -> None:
    assert send(world)[0] == 302
    with world.as_(INSTRUCTOR):
        letter = letters.begin_letter(world.file(), kind_of("permit-receipt"), LetterRequest(), world.rights())
    assert (letter.title, letter.body) == ("Objet PC 045 901 26 00001", "Bonjour Jeanne Martin")


@pytest.mark.parametrize("name", ["title", "body"])
def test_an_unknown_field_is_told_with_its_line_and_nothing_typed_is_lost(world: World, name: str) -> None:
    status, text = send(world, **{name: "Mes mots {{ inconnu }}"})
    assert status == 400
    assert "Ligne 1\u00a0: Il n’y a pas de champ «\u00a0inconnu\u00a0»" in text
    assert "demandeur_nom, " in text
    assert "Mes mots {{ inconnu }}" in text
    with world.as_(INSTRUCTOR):
        assert not LetterTemplate.objects.exists()


def test_a_huge_template_is_refused_and_still_there(world: World) -> None:
    status, text = send(world, body="mot " * 10_000)
    assert status == 400
    assert "plus de 20" in text
    assert "mot " * 10_000 in text


def test_a_preview_has_sample_values_and_saves_nothing(world: World) -> None:
    status, text = send(world, action="preview", body="**Bonjour** {{ demandeur_nom }}")
    assert status == 200
    assert "<strong>Bonjour</strong> Jeanne Exemple" in text
    with world.as_(INSTRUCTOR):
        assert not LetterTemplate.objects.exists()


def test_a_preview_can_be_a_pdf(world: World) -> None:
    given = {"title": "Objet", "body": "Bonjour {{ demandeur_nom }}", "version": 0, "action": "pdf"}
    answer = world.client().post(address(world), given)
    assert answer["Content-Type"] == "application/pdf"
    words = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_bounded()
    assert "Bonjour Jeanne Exemple" in words


def test_versions_stay_and_the_built_in_template_can_come_back(world: World) -> None:
    send(world, body="Première")
    send(world, body="Seconde", version=1)
    assert send(world, action="restore", version=2)[0] == 302
    text = page(world, address(world))
    assert "Le modèle d’origine est en vigueur" in text
    assert "?version=1" in text
    assert "Première" in page(world, address(world) + "?version=1")
    with world.as_(INSTRUCTOR):
        assert core.wording_of(world.member, kind_of("permit-receipt")).body == kind_of("permit-receipt").body
        assert LetterTemplate.objects.count() == 3


def test_a_template_that_somebody_else_saved_meanwhile_is_not_overwritten_unseen(world: World) -> None:
    send(world, body="Le premier")
    status, text = send(world, body="Le mien")
    assert status == 412
    assert "Le mien" in text
    assert 'name="version" value="1"' in text


@pytest.mark.parametrize("asked", ["?version=abc", "?version=99999999999", "?version=-1", "?version=7"])
def test_a_version_that_is_none_shows_what_is_in_force(world: World, asked: str) -> None:
    assert "Madame, Monsieur" in page(world, address(world) + asked)


def test_a_kind_that_is_none_is_not_found(world: World) -> None:
    assert world.client().get(address(world, "inconnu")).status_code == 404


def test_only_people_of_the_member_change_its_templates_in_postgresql_too(world: World) -> None:
    for who in ("stranger", Role.READER, Role.TOWN_HALL):
        with world.as_(who), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
            LetterTemplate.objects.create(owner=world.member, kind="permit-receipt", title="x", body="x")


# -- letterhead -------------------------------------------------------------------------------------------------------


def picture(form: str = "PNG", size: tuple[int, int] = (40, 20)) -> bytes:
    kept = BytesIO()
    Image.new("RGB", size, "teal").save(kept, form)
    return kept.getvalue()


def keep(world: World, **form: Any) -> tuple[int, str]:
    return send(world, ADMINISTRATOR, f"/courriers/{world.member.slug}/en-tete/", **form)


def head(world: World) -> Letterhead:
    with world.as_(ADMINISTRATOR):
        return Letterhead.objects.get(owner=world.member)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_logo_is_written_anew_and_made_smaller(world: World, form: str) -> None:
    given = picture(form, (2000, 1000)) + b"<?php secret"
    assert keep(world, place="Lorris", logo=SimpleUploadedFile("logo", given))[0] == 302
    kept = bytes(head(world).logo or b"")
    assert b"secret" not in kept
    image = Image.open(BytesIO(kept))
    assert image.format == "PNG"
    assert image.width <= LARGEST[0]
    assert image.height <= LARGEST[1]
    assert "data:image/png;base64," in page(world, f"/courriers/{world.member.slug}/en-tete/", ADMINISTRATOR)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"GIF89a", "en PNG ou JPEG"),
        (lambda: b"<svg onload='x'/>", "en PNG ou JPEG"),
        (lambda: picture()[:60], "abîmé"),
        (lambda: b"\x89PNG" + bytes(MOST_BYTES), "dépasse 1 Mo"),
        (lambda: picture(size=(5000, 5000)), "trop de pixels"),
    ],
    ids=["gif", "svg", "cut", "heavy", "large"],
)
def test_what_is_no_logo_is_refused_and_nothing_typed_is_lost(
    world: World, content: Callable[[], bytes], words: str
) -> None:
    status, text = keep(world, place="Lorris-le-Mot", logo=SimpleUploadedFile("logo.png", content()))
    assert status == 400
    assert words in text
    assert "Lorris-le-Mot" in text


def test_a_logo_is_taken_away(world: World) -> None:
    keep(world, logo=SimpleUploadedFile("logo.png", picture()))
    assert keep(world, without_logo="on")[0] == 302
    assert head(world).logo is None


def test_a_letter_with_a_logo_is_set(world: World) -> None:
    keep(world, name="Le Lys", logo=SimpleUploadedFile("logo.png", picture()))
    permit = world.file()
    with world.as_(INSTRUCTOR):
        letter = letters.begin_letter(permit, kind_of("permit-receipt"), LetterRequest(), world.rights())
        pdf, word = core.files_of(letter, "pdf"), core.files_of(letter, "docx")
    assert any(one.type == 3 for one in pypdfium2.PdfDocument(pdf)[0].get_objects())
    assert b"word/media/image1.png" in word


def test_an_instructor_edits_templates_and_not_the_letterhead(world: World) -> None:
    assert "en-tete" not in page(world, "/courriers/")
    assert "en-tete" in page(world, "/courriers/", ADMINISTRATOR)
