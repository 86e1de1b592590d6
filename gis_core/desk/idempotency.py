"""Writes that were done, by the key that their client gave them: the same one sent twice is done once."""

from collections.abc import Callable
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.datastructures import MultiValueDict

from gis_core.database.lock_waits import lock_timeout
from gis_core.models import IdempotencyKey

FORM = "form"
PATIENCE = "20s"
"""Longer than any form takes: who presses twice is led to what the first press made, and not refused."""


def answer_once[Answer](
    key: UUID,
    person_id: int,
    digest: str,
    *,
    make: Callable[[], Answer],
    kept_of: Callable[[Answer], dict[str, Any] | None],
    again: Callable[[dict[str, Any], bool], Answer],
) -> Answer:
    """The answer that `make` gives; what was made under this key before is answered again, with what was kept of it.

    `kept_of` an answer is None where nothing was made: then the same may be sent again. `again` is told whether what
    was sent (its digest) is the same as before.
    """
    with transaction.atomic():
        if former := take_key(key, person_id, digest):
            return again(former.answer or {}, former.digest == digest)
        answer = make()
        kept = kept_of(answer)
        mine = IdempotencyKey.objects.filter(person=person_id, key=key)
        if kept is None:
            mine.filter(answer__isnull=True).delete()
        else:
            mine.update(answer=kept)
    return answer


def take_key(key: UUID, person_id: int, digest: str) -> IdempotencyKey | None:
    """What was answered before under this key; None where the key is taken now, for this transaction to fill.

    Whoever sends the same at the same moment waits for the end of this transaction.
    """
    mine = IdempotencyKey(person_id=person_id, key=key, scope=FORM, digest=digest)
    with lock_timeout(PATIENCE):
        IdempotencyKey.objects.bulk_create([mine], ignore_conflicts=True)
    return IdempotencyKey.objects.filter(person=person_id, key=key, answer__isnull=False).first()


def digest_of(path: str, sent: Any, files: "MultiValueDict[str, Any]") -> str:
    """Of all that was sent to an address; of files their names and sizes."""
    sizes = sorted((name, [(one.name, one.size) for one in sent_files]) for name, sent_files in files.lists())
    return sha256(dumps([path, sent, sizes], cls=DjangoJSONEncoder).encode()).hexdigest()
