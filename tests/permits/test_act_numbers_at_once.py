"""Numbers of acts in a member's own series, from several connections at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from gis_core.letters import services as core
from gis_core.letters import word
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import acting_as
from permits.letters import LetterRequest
from permits.models import Settings
from permits.services import letters
from tests import factories
from tests.permits.conftest import World

AT_ONCE, EACH = 4, 4


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: several connections see them, in a copy of the database."""


def test_acts_numbered_at_once_leave_no_gap(world: World, monkeypatch: pytest.MonkeyPatch, on_day: Any) -> None:
    """Every fourth one fails after it has taken its number."""
    on_day(date(2026, 2, 2))
    rights = world.rights()
    with factories.as_owner():
        Settings.objects.create(
            member=world.member, act_pattern="{annee}-{numero:4}", applicant_roles=["permit_instructor"]
        )
    permits = [world.file(applicant=None) for _one in range(AT_ONCE * EACH)]
    with world.as_(), transaction.atomic():
        drafts = [letters.begin_letter(one, kind_of("permit-granted"), LetterRequest(), rights) for one in permits]
    monkeypatch.setattr(core, "pdf_of", lambda document: b"%PDF")

    def set_file(document: Any) -> bytes:
        if document.title == "échoue":
            raise OSError
        return b"PK"

    monkeypatch.setattr(word, "docx_of", set_file)

    def finalise(rank: int) -> str | None:
        draft = drafts[rank]
        words = {name: getattr(draft, name) for name in core.TEXTS} | {"recipient": "Jeanne Exemple"}
        words["body"] = draft.body.replace("[à compléter", "[fait")
        words["title"] = "échoue" if rank % 4 == 0 else draft.title
        try:
            with acting_as(rights), transaction.atomic():
                return letters.finalise_letter(permits[rank], draft, words, draft.version, rights).number
        except OSError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        given = [number for number in pool.map(finalise, range(len(drafts))) if number]
    assert sorted(given) == [f"2026-{rank:04d}" for rank in range(1, AT_ONCE * EACH * 3 // 4 + 1)]
