"""Writes that were done, by the key that their client gave them: the same one sent twice is done once."""

from typing import Any
from uuid import UUID

from gis_core.lock_waits import lock_timeout
from gis_core.models import IdempotencyKey

FORM = "form"
PATIENCE = "20s"
"""Longer than any form takes: who presses twice is led to what the first press made, and not refused."""


def take_key(key: UUID, person_id: int, digest: str) -> IdempotencyKey | None:
    """What a form did before under this key; None where the key is taken now, for this transaction to fill.

    Whoever sends the same at the same moment waits for the end of this transaction.
    """
    mine = IdempotencyKey(person_id=person_id, key=key, scope=FORM, digest=digest)
    with lock_timeout(PATIENCE):
        IdempotencyKey.objects.bulk_create([mine], ignore_conflicts=True)
    return IdempotencyKey.objects.filter(person=person_id, key=key, answer__isnull=False).first()


def keep_answer(key: UUID, person_id: int, answer: dict[str, Any]) -> None:
    """Remember what was made."""
    IdempotencyKey.objects.filter(person=person_id, key=key).update(answer=answer)


def free_key(key: UUID, person_id: int) -> None:
    """Nothing was made: the form may be sent again."""
    IdempotencyKey.objects.filter(person=person_id, key=key, answer__isnull=True).delete()
