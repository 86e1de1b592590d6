"""Layers that were found lately, kept two seconds, as tiles do: finding one costs more than a small page of features.

What is kept is the layer's description. Who may see which rows, PostgreSQL says at every request.
"""

import logging
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from django.db import ProgrammingError
from django.utils.translation import gettext as _

from gis_core.database.lock_waits import check_not_locked
from gis_core.errors import Unavailable
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer

KEPT_SECONDS = 2.0
MOST_KEPT = 2_000

log = logging.getLogger("arpent.ogc")

_kept: dict[Hashable, tuple[float, Layer]] = {}


def layer_to_read(slug: str, rights: Rights) -> Layer:
    """The layer as far as the asker saw it two seconds ago or less. Raises NotFound, Busy (read while locked)."""
    key = (slug, rights.user_id, rights.agency, tuple(rights.roles.items()))
    now = time.monotonic()
    entry = _kept.get(key)
    if entry and now - entry[0] < KEPT_SECONDS:
        check_not_locked(slug)
        return entry[1]
    layer = visible_layer(slug, rights)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = now, layer
    return layer


@contextmanager
def as_described() -> Iterator[None]:
    """Read a layer inside. Raises Unavailable where its table or its columns are no longer what was kept of it."""
    try:
        yield
    except ProgrammingError as error:
        log.exception("a layer is not as it was described")
        forget_layers()
        raise Unavailable(_("The layer has just been changed: ask again.")) from error


def forget_layers() -> None:
    """Find every layer again."""
    _kept.clear()
