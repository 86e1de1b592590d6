"""The editor of a draft: its page has it, what is typed is shown as it will be set, and nothing of that is kept."""

from html import unescape
from typing import Any

import pytest

from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Role
from gis_core.models import Letter
from permits.letters import LetterRequest
from permits.services import letters
from tests.permits.conftest import World

HTML = {"accept": "text/html"}


@pytest.fixture
def draft(world: World) -> tuple[str, Letter]:
    """A draft, and its address."""
    permit = world.file()
    with world.as_():
        letter = letters.begin_letter(permit, kind_of("permit-receipt"), LetterRequest(), world.rights())
    return f"/permis/{permit.number}/courriers/{letter.pk}/", letter


def preview(world: World, at: str, who: str = Role.PERMIT_INSTRUCTOR, **given: Any) -> Any:
    return world.client(who).post(f"{at}apercu/", given, headers=HTML)


def test_what_is_typed_is_shown_as_it_will_be_set(world: World, draft: tuple[str, Letter]) -> None:
    answer = preview(
        world, draft[0], title="Objet neuf", body="# Titre\n- **un**", recipient="Mairie", signatory="Le maire"
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<h4>Titre</h4>" in text
    assert "<li><strong>un</strong></li>" in text
    assert "Objet : Objet neuf" in unescape(text)
    assert "Projet, sans numéro" in unescape(text)


def test_a_preview_keeps_nothing(world: World, draft: tuple[str, Letter]) -> None:
    preview(world, draft[0], title="Objet neuf", body="Autre texte")
    with world.as_():
        kept = Letter.objects.get(pk=draft[1].pk)
    assert (kept.title, kept.body, kept.version) == (draft[1].title, draft[1].body, draft[1].version)


def test_what_is_typed_is_text_and_no_page(world: World, draft: tuple[str, Letter]) -> None:
    text = preview(world, draft[0], title="x", body="<script>alert(1)</script>").content.decode()
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_a_text_that_is_too_long_is_shown_in_part(world: World, draft: tuple[str, Letter]) -> None:
    answer = preview(world, draft[0], title="x", body="mot " * 100_000)
    assert answer.status_code == 200
    assert len(answer.content) < 250_000


def test_the_preview_beside_a_draft_that_is_refused_is_of_what_was_typed(
    world: World, draft: tuple[str, Letter]
) -> None:
    given = {"title": "Objet neuf", "body": "Le texte tapé", "version": draft[1].version, "action": "final"}
    answer = world.client().post(draft[0], given, headers=HTML)
    assert answer.status_code == 400
    assert "<p>Le texte tapé</p>" in answer.content.decode().partition("data-letter-preview")[2]


def test_the_page_of_a_draft_tells_the_editor_where_the_preview_is(world: World, draft: tuple[str, Letter]) -> None:
    page = world.client().get(draft[0], headers=HTML).content.decode()
    assert 'id="letter-editor-config"' in page
    assert f"{draft[0]}apercu/" in page
    assert "<textarea" in page


def test_a_final_letter_has_no_editor(world: World, draft: tuple[str, Letter]) -> None:
    at, letter = draft
    with world.as_():
        texts = {"title": "Objet", "body": "Texte", "recipient": "Mairie", "signatory": "Le maire"}
        letters.finalise_letter(world.file(), letter, texts, letter.version, world.rights())
    assert 'id="letter-editor-config"' not in world.client().get(at, headers=HTML).content.decode()


@pytest.mark.parametrize(("who", "status"), [(Role.READER, 404), (Role.TOWN_HALL, 404), ("stranger", 404)])
def test_who_does_not_write_letters_sees_no_preview(
    world: World, draft: tuple[str, Letter], who: str, status: int
) -> None:
    assert preview(world, draft[0], who, title="x", body="y").status_code == status


def test_a_preview_is_asked_for_by_a_form(world: World, draft: tuple[str, Letter]) -> None:
    assert world.client().get(f"{draft[0]}apercu/", headers=HTML).status_code == 405
