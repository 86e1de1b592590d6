"""What a file should hold: not received, asked for, refused, received; a piece that is replaced is kept."""

from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.errors import Conflict
from gis_core.members.rights import Role
from permits.models import Event, Permit, Piece
from permits.procedure import What
from permits.services.completeness import DocumentState, list_expected
from permits.services.documents import add_documents
from permits.usual_documents import DOCUMENT_CODES, code_in, list_codes, list_required
from tests.documents import pdf
from tests.permits.conftest import World

DWG = b"AC1032" + b"\0" * 200
HAND: dict[str, Any] = {"channel": "hand"}


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path, on_day: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"
    on_day(date(2026, 1, 10))


def attach(
    world: World, permit: Permit, name: str = "plan.dwg", who: str = Role.PERMIT_INSTRUCTOR, **given: Any
) -> Any:
    sent = {"kind": "plan", "file": SimpleUploadedFile(name, DWG), **given}
    return world.client(who).post(f"/permis/{permit.number}/pieces/", sent, headers={"accept": "text/html"})


def pieces(world: World) -> list[Piece]:
    with world.as_():
        return list(Piece.objects.select_related("permit", "replaces"))


def states(world: World, permit: Permit) -> dict[str, str]:
    with world.as_():
        events, documents = list(Event.objects.filter(permit=permit)), list(Piece.objects.filter(permit=permit))
        return {one.name: one.state.value for one in list_expected(permit, events, documents)}


def page_of(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR, query: str = "") -> str:
    answer = world.client(who).get(f"/permis/{permit.number}/pieces/{query}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def examine(world: World, piece: Piece, who: str = Role.PERMIT_INSTRUCTOR, **given: Any) -> Any:
    path = f"/permis/{piece.permit.number}/pieces/{piece.pk}/examiner/"
    return world.client(who).post(path, given, headers={"accept": "text/html"})


# -- codes ------------------------------------------------------------------------------------------------------------


def test_a_house_holds_the_eight_pieces_of_its_slip() -> None:
    assert [one.code for one in list_required("PCMI")] == [f"PCMI{rank}" for rank in range(1, 9)]
    assert DOCUMENT_CODES["PCMI2"].article == "R.431-9"


def test_of_a_declaration_the_plan_of_situation_alone_is_always_due() -> None:
    assert [one.code for one in list_required("DP")] == ["DP1"]


def test_both_certificates_have_the_codes_of_theirs() -> None:
    assert [one.code for one in list_codes("CUa")] == [one.code for one in list_codes("CUb")] == ["CU1", "CU2", "CU3"]


def test_codes_of_a_house_are_none_of_a_building() -> None:
    assert not {one.code for one in list_codes("PC")} & {one.code for one in list_codes("PCMI")}


@pytest.mark.parametrize(
    ("text", "code"),
    [("PC2 Plan de masse", "PC2"), ("PCMI 4 Notice", "PCMI4"), ("PC16-1-1 RE2020", "PC16-1-1"), ("PC99 Rien", ""),
     ("Plan B", ""), ("", "")],
)  # fmt: skip
def test_the_code_is_what_the_name_of_a_piece_begins_with(text: str, code: str) -> None:
    assert code_in(text) == code


# -- states -----------------------------------------------------------------------------------------------------------


def test_nothing_is_received_of_a_new_file(world: World) -> None:
    assert set(states(world, world.file()).values()) == {DocumentState.MISSING}


def test_a_piece_under_its_code_is_received(world: World) -> None:
    permit = world.file()
    assert attach(world, permit, code="PC2").status_code == 302
    assert states(world, permit)["PC2"] == "received"
    assert "1 reçue sur 8" in page_of(world, permit).replace("\xa0", " ")


def test_a_piece_that_is_asked_for_leads_to_its_request(world: World) -> None:
    permit = world.record(
        world.file(), What.DOCUMENTS_REQUESTED, date(2026, 1, 9), pieces=["PC2 Plan de masse"], **HAND
    )
    with world.as_():
        asked = Event.objects.get(what=What.DOCUMENTS_REQUESTED)
    assert states(world, permit)["PC2"] == "requested"
    text = page_of(world, permit)
    assert f'href="/permis/{permit.number}/#event-{asked.pk}">demande du 9 jan. 2026</a>' in text.replace("\xa0", " ")
    page = world.client().get(f"/permis/{permit.number}/", headers={"accept": "text/html"}).content.decode()
    assert f'id="event-{asked.pk}"' in page


def test_what_is_asked_for_beyond_the_slip_is_expected_by_its_words(world: World) -> None:
    permit = world.record(world.file(), What.DOCUMENTS_REQUESTED, date(2026, 1, 9), pieces=["Attestation"], **HAND)
    assert states(world, permit)["Attestation"] == "requested"


def test_a_recorded_arrival_is_received_without_a_file(world: World) -> None:
    permit = world.record(world.file(), What.DOCUMENTS_REQUESTED, date(2026, 1, 9), pieces=["PC2 Plan"], **HAND)
    world.record(permit, What.DOCUMENTS_RECEIVED, date(2026, 1, 10), pieces=["PC2 Plan"])
    assert states(world, permit)["PC2"] == "received"


def test_a_request_that_is_struck_out_asks_for_nothing(world: World) -> None:
    from permits.services.recording import strike

    permit = world.record(world.file(), What.DOCUMENTS_REQUESTED, date(2026, 1, 9), pieces=["PC2 Plan"], **HAND)
    with world.as_():
        strike(Event.objects.get(what=What.DOCUMENTS_REQUESTED), reason="Erreur", rights=world.rights())
    assert states(world, permit)["PC2"] == "missing"


def test_a_change_holds_what_it_changes_alone(world: World) -> None:
    first = world.file()
    world.record(first, What.DECIDED, date(2026, 1, 9), outcome="granted", channel="hand")
    change = world.file(parent=first.number, change="M", filed_date=date(2026, 1, 10))
    assert states(world, change) == {}
    assert "Rien n’est attendu de ce dossier" in page_of(world, change)


# -- refusing ---------------------------------------------------------------------------------------------------------


def test_a_refused_piece_does_not_count_and_says_why(world: World) -> None:
    permit = world.file()
    attach(world, permit, code="PC2")
    (piece,) = pieces(world)
    assert examine(world, piece, do="refuse", reason="Plan sans cotes").status_code == 302
    assert states(world, permit)["PC2"] == "refused"
    assert "refusée le 10 jan. 2026 : Plan sans cotes" in page_of(world, permit).replace("\xa0", " ")


def test_a_refusal_is_taken_back(world: World) -> None:
    permit = world.file()
    attach(world, permit, code="PC2")
    examine(world, pieces(world)[0], do="refuse", reason="Erreur")
    assert examine(world, pieces(world)[0], do="accept").status_code == 302
    assert states(world, permit)["PC2"] == "received"


def test_a_refusal_without_a_reason_is_none(world: World) -> None:
    permit = world.file()
    attach(world, permit, code="PC2")
    answer = examine(world, pieces(world)[0], do="refuse", reason=" ")
    assert answer.status_code == 400
    assert "Dites pourquoi la pièce est refusée" in unescape(answer.content.decode())
    assert states(world, permit)["PC2"] == "received"


@pytest.mark.parametrize(("who", "status"), [(Role.TOWN_HALL, 403), (Role.READER, 403), ("stranger", 404)])
def test_only_who_instructs_and_reads_refuses(world: World, who: str, status: int) -> None:
    attach(world, world.file(), code="PC2")
    assert examine(world, pieces(world)[0], who, do="refuse", reason="Non").status_code == status


def test_a_code_of_another_slip_is_refused(world: World) -> None:
    permit = world.file()
    answer = attach(world, permit, code="PCMI2")
    assert answer.status_code == 400
    assert "Le bordereau d’un tel dossier n’a pas de pièce" in unescape(answer.content.decode())
    assert not pieces(world)


def test_the_code_of_a_piece_is_said_later(world: World) -> None:
    permit = world.file()
    attach(world, permit)
    assert examine(world, pieces(world)[0], do="code", code=" pc 5 ").status_code == 302
    assert states(world, permit)["PC5"] == "received"


# -- replacing --------------------------------------------------------------------------------------------------------


def test_a_piece_that_is_replaced_is_kept_among_those_removed(world: World) -> None:
    permit = world.file()
    attach(world, permit, "v1.dwg", code="PC2")
    (former,) = pieces(world)
    assert attach(world, permit, "v2.dwg", code="PC2", replaces=former.pk).status_code == 302
    former, newer = pieces(world)
    assert newer.replaces_id == former.pk
    assert former.removed_at
    assert former.removed_reason == "Remplacée par «\xa0v2\xa0»"
    assert states(world, permit)["PC2"] == "received"


def test_two_who_replace_the_same_piece_are_told(world: World) -> None:
    permit = world.file()
    attach(world, permit, "v1.dwg", code="PC2")
    (former,) = pieces(world)
    attach(world, permit, "v2.dwg", code="PC2", replaces=former.pk)
    second = attach(world, permit, "v3.dwg", code="PC2", replaces=former.pk)
    text = unescape(second.content.decode()).replace("\xa0", " ")
    assert second.status_code == 409
    assert "« v1 » a été remplacée entre-temps, le 10/01/2026, par « v2 » : rien n’a été modifié." in text
    assert len(pieces(world)) == 2


def test_whoever_opens_a_piece_replaced_meanwhile_is_told_first(world: World) -> None:
    permit = world.file()
    attach(world, permit, "v1.dwg", code="PC2")
    (former,) = pieces(world)
    attach(world, permit, "v2.dwg", code="PC2", replaces=former.pk)
    newer = pieces(world)[1]
    address = f"/permis/{permit.number}/pieces/{former.pk}/"
    text = unescape(world.client().get(address, headers={"accept": "text/html"}).content.decode())
    assert "Cette pièce a été remplacée" in text
    assert f'href="/permis/{permit.number}/pieces/{newer.pk}/"' in text
    opened: Any = world.client().get(f"{address}?ancienne=1")
    assert b"".join(opened.streaming_content) == DWG
    for close in opened._resource_closers:
        close()


def test_who_does_not_read_pieces_learns_no_title_of_a_replacement(world: World) -> None:
    permit = world.file()
    attach(world, permit, "v1.dwg", code="PC2")
    (former,) = pieces(world)
    attach(world, permit, "secret.dwg", code="PC2", replaces=former.pk)
    answer = world.client(Role.READER).get(f"/permis/{permit.number}/pieces/{former.pk}/")
    assert answer.status_code == 403
    assert "secret" not in answer.content.decode()
    assert "secret" not in page_of(world, permit, Role.READER)


def test_a_piece_of_another_file_is_not_replaced(world: World) -> None:
    one, other = world.file(), world.file(parcels=["AB 2"])
    attach(world, one)
    assert attach(world, other, replaces=pieces(world)[0].pk).status_code == 404


def test_a_piece_is_replaced_by_one_file(world: World) -> None:
    permit = world.file()
    attach(world, permit, "v1.dwg", code="PC2")
    two = [SimpleUploadedFile("a.dwg", DWG), SimpleUploadedFile("b.dwg", DWG)]
    answer = attach(world, permit, replaces=pieces(world)[0].pk, file=two)
    assert answer.status_code == 400
    assert len(pieces(world)) == 1


def test_a_file_that_cannot_be_kept_replaces_nothing(world: World) -> None:
    permit = world.file()
    attach(world, permit, "v1.dwg", code="PC2")
    (former,) = pieces(world)
    answer = attach(world, permit, replaces=former.pk, file=SimpleUploadedFile("x.dwg", b"rien"))
    assert answer.status_code == 400
    assert not pieces(world)[0].removed_at


def test_the_service_refuses_a_former_piece_that_is_gone(world: World) -> None:
    permit = world.file()
    attach(world, permit, "v1.dwg")
    (former,) = pieces(world)
    attach(world, permit, "v2.dwg", replaces=former.pk)
    file = SimpleUploadedFile("v3.pdf", pdf())
    with world.as_(), pytest.raises(Conflict):
        add_documents(permit, [file], kind="plan", rights=world.rights(), replaces=former.pk)
