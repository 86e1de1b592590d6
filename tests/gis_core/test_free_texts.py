"""What people write freely, searched for a person who asks: found, bounded, judged by a person."""

import json
import os
import time
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.urls import get_resolver

from gis_core.database.statements import execute
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Letter, ReplacedRow, User
from gis_core.ownership import text_search
from gis_core.ownership.free_texts import FREE_TEXTS, free_columns, why_unsearched
from gis_core.ownership.people import Sought, is_closed
from gis_core.ownership.text_search import pattern_of, read_text
from permits.models import Applicant, Piece
from tests import factories
from tests.gis_core.departures import as_session, table_counts
from tests.gis_core.test_person_requests import (  # noqa: F401
    NOISE,
    agency,
    folder,
    page_of,
    search,
    signed_in,
)
from tests.permits.conftest import made_world

ZOE = Sought.of(
    name="Lefèvre", first_name="Zoé", email="zoe@example.org", phone="06 12 34 56 78", address="12 rue des Lys"
)

ROWS = int(os.environ.get("ARPENT_TEXT_ROWS", "20000"))


# -- what is declared -------------------------------------------------------------------------------------------------


def test_every_column_of_free_text_is_searched_or_says_why_not() -> None:
    silent = []
    for model in apps.get_models(include_auto_created=True):
        declared = FREE_TEXTS.by_key().get(model._meta.label)
        searched = declared.columns if declared else ()
        silent += [
            f"{model._meta.label}.{column}"
            for column in free_columns(model)
            if column not in searched and not why_unsearched(model, column)
        ]
    assert silent == []


def test_what_is_declared_is_there() -> None:
    for one in FREE_TEXTS.all():
        known = {str(field.column) for field in apps.get_model(one.model)._meta.concrete_fields}
        assert {*one.columns, *one.unread} - known == set(), one.model


def test_every_declared_page_has_an_address() -> None:
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    for one in FREE_TEXTS.all():
        if isinstance(one.links, partial):
            name, paths = one.links.args
            assert name in names, one.model
            if not is_closed(apps.get_model(one.model)):
                str(apps.get_model(one.model)._default_manager.values_list("pk", *paths).query)


# -- what fits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Vu avec Mme LEFEVRE (Zoe) le 3", ["name"]),
        ("appeler le +33 6 12.34.56.78 avant midi", ["phone"]),
        ("02 38 00 00 00 ou 06 12 34 56 78, 12 rue des Acacias", ["phone"]),
        ("écrire à ZOE@example.org", ["email"]),
        ("le voisin du 12, rue des Lys", ["address"]),
        ("Zoé est passée", []),
        ("dossier 612345678901", []),
        ("rue des Lys, sans numéro", []),
    ],
)
def test_a_text_fits_by_any_of_what_was_given(text: str, by: list[str]) -> None:
    found = read_text(["", f"<p>{text}</p>"], ZOE)
    assert (found[1] if found else []) == by
    if found:
        assert found[0] == 1
        assert "<p>" not in found[2]


def test_signs_in_an_address_mean_nothing_to_the_database() -> None:
    assert pattern_of(Sought.of(email="a.+(b@c.fr")) == r"(?:a\.\+\(b\@c\.fr)"


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("courrier_Lefevre.pdf", {"name": "Lefèvre"}),
        (json.dumps("Madame\nLefèvre", ensure_ascii=False), {"name": "Lefèvre"}),
        ("Mme Yıldız", {"name": "Yıldız"}),
        ("M. Đorđe", {"name": "Đorđe"}),
        ("à zoé_l+x@exämple.org", {"email": "zoé_l+x@exämple.org"}),
    ],
)
def test_what_fits_is_found_by_the_database_too(database: str, text: str, given: dict[str, str]) -> None:
    sought, result = Sought.of(**given), text_search.Result()
    with factories.as_owner():
        permit = made_world().file()
        execute("update permits_permit set description = %s where id = %s", [text, permit.pk])
    with as_session("arpent_worker"), acting_as(SYSTEM), transaction.atomic():
        text_search.search_table(FREE_TEXTS.get("permits.Permit"), sought, result, 10.0)
    assert [hit.mark for hit in result.hits] == [f"permits.Permit:{permit.pk}"]


def test_owners_are_found_in_no_row_that_an_import_replaced() -> None:
    """Their own page alone opens them, and writes its journal."""
    assert why_unsearched(ReplacedRow, "old")


# -- the page ---------------------------------------------------------------------------------------------------------


def searched(agency: User) -> tuple[Any, str, str]:  # noqa: F811
    client = signed_in(agency)
    job, address = search(client, name="Lefèvre", first_name="Zoé")
    assert job.state == "done", job.message
    return job, address, page_of(client, address)


def test_a_letter_a_piece_and_the_words_of_a_journal_are_found_with_their_pages(agency: User) -> None:  # noqa: F811
    world = made_world()
    permit = world.file()
    with factories.as_owner():
        Applicant.objects.filter(permit=permit).update(address="chez Zoé Lefèvre")
        letter = Letter.objects.create(
            owner=world.member, insee="45001", about_kind="permit", about_key=permit.number, kind="x", title="Lettre",
            body="<p>Madame <b>Zoé Lefèvre</b>, votre demande</p>",
        )  # fmt: skip
        Piece.objects.create(permit=permit, kind="other", title="PC1 Lefevre Zoe.pdf", media_type="application/pdf",
            size_bytes=1, sha256="0" * 64)  # fmt: skip
    before = table_counts()
    _job, _address, text = searched(agency)
    assert f'href="/permis/{permit.number}/courriers/{letter.pk}/"' in text or f"courriers/{letter.pk}/" in text
    assert "Madame Zoé Lefèvre, votre demande" in text
    assert "PC1 Lefevre Zoe.pdf" in text
    assert "chez Zoé Lefèvre" in text
    quiet = {*NOISE, "permits_applicantreading"}
    assert {name: rows for name, rows in (table_counts() - before).items() if name not in quiet} == {}
    with as_session("arpent_owner"), acting_as(SYSTEM):
        assert execute("select 1 from permits_applicantreading where action = 'read'") >= 1


def test_what_was_not_read_is_said(agency: User, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(text_search, "MOST_SECONDS", 0.0)
    _job, _address, text = searched(agency)
    assert "le temps de la recherche est passé" in text
    assert "Le contenu des documents" in text


def test_a_table_that_takes_too_long_is_left_and_the_others_are_read(database: str) -> None:
    with factories.as_owner():
        permit = made_world().file()
        execute("update permits_permit set description = 'Zoé Lefèvre' where id = %s", [permit.pk])
        execute(
            "insert into gis_core_securityevent (reference, at, kind, event, name, address, request, about, detail)"
            " select gen_random_uuid(), now(), 'other', 'x', '', '', '', repeat(md5(g::text), 9), '{}'"
            " from generate_series(1, %s) g",
            [ROWS],
        )
    result = text_search.Result()
    with as_session("arpent_worker"), acting_as(SYSTEM), transaction.atomic():
        text_search.search_table(FREE_TEXTS.get("gis_core.SecurityEvent"), ZOE, result, 0.02)
        text_search.search_table(FREE_TEXTS.get("permits.Permit"), ZOE, result, 10.0)
        began = time.monotonic()
        text_search.search_table(FREE_TEXTS.get("gis_core.SecurityEvent"), ZOE, text_search.Result(), 60.0)
    print(f"{ROWS} rows searched in {time.monotonic() - began:.1f} s")
    assert [why for _what, why in result.unread] == ["trop long à parcourir dans le temps de la recherche"]
    assert [hit.mark for hit in result.hits] == [f"permits.Permit:{permit.pk}"]


def test_hits_are_read_page_by_page_and_each_reading_is_in_the_journal(
    agency: User,  # noqa: F811
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    member = agency.memberships.get().member
    with factories.as_owner():
        for number in range(60):
            Letter.objects.create(owner=member, insee="45001", about_kind="x", about_key=str(number), kind="x",
                title=f"Lettre {number}", body="Zoé Lefèvre")  # fmt: skip
    _job, address, first = searched(agency)
    second = page_of(signed_in(agency), f"{address}?page=2")
    assert "1–50" in first
    assert "51–60" in second
    (file,) = (tmp_path / "log").glob("security-*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["page"] for line in lines if line["event"] == "person_result_read"] == [1, 2]
    assert "lef" not in file.read_text().casefold()
