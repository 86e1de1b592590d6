"""Numbers without gaps, from several connections at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from gis_core.letters import services as core
from gis_core.letters import word
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import acting_as
from gis_core.models import Letter
from permits.letters import LetterRequest
from permits.services import letters
from tests.permits.conftest import World

AT_ONCE, EACH = 4, 5


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: several connections see them, in a copy of the database."""


def test_two_finalisations_at_once_leave_no_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fourth one fails after it has taken its number."""
    permit, rights = world.file(), world.rights()
    with world.as_(), transaction.atomic():
        drafts = [
            letters.begin_letter(permit, kind_of("permit-receipt"), LetterRequest(), rights)
            for _one in range(AT_ONCE * EACH)
        ]
    monkeypatch.setattr(core, "pdf_of", lambda document: b"%PDF")

    def set_file(document: Any) -> bytes:
        if document.title == "échoue":
            raise OSError
        return b"PK"

    monkeypatch.setattr(word, "docx_of", set_file)

    def finalise(rank: int) -> str | None:
        draft = drafts[rank]
        words = {name: getattr(draft, name) for name in core.TEXTS}
        words["title"] = "échoue" if rank % 4 == 0 else draft.title
        try:
            with acting_as(rights), transaction.atomic():
                return letters.finalise_letter(permit, draft, words, draft.version, rights).number
        except OSError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        given = [number for number in pool.map(finalise, range(len(drafts))) if number]
    assert sorted(int(number[-6:]) for number in given) == list(range(1, len(given) + 1))
    assert len(given) == AT_ONCE * EACH * 3 // 4
    with world.as_(), transaction.atomic():
        assert Letter.objects.filter(state="final").count() == len(given)
