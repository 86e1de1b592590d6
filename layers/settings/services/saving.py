"""Saving settings of a layer, unless somebody else has changed the same ones since they were read."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Invalid, Stale
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.settings.services.administering import get_administered_layer, list_administered_layers


def tag_of(layer: Layer, names: Iterable[str]) -> str:
    """A tag of these settings as they are now. The layer's version would not do: every edit of a feature changes it."""
    values = {name: getattr(layer, name) for name in sorted(names)}
    text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.blake2s(text.encode(), digest_size=12).hexdigest()


@transaction.atomic
def save(slug: str, values: Mapping[str, Any], *, tag: str, rights: Rights, tagged: Iterable[str] = ()) -> Layer:
    """Give the layer these values and return it; its next version makes all caches follow.

    `tag` is what `tag_of` said of these settings, or of those in `tagged`. Raises Stale, Invalid (`errors` by setting),
    NotFound.
    """
    get_administered_layer(slug, rights)
    layer = list_administered_layers(rights).select_for_update(of=("self",)).get(slug=slug)
    if tag_of(layer, tagged or values) != tag:
        raise Stale(_("Somebody changed these settings meanwhile; nothing was saved."))
    changed = [name for name, value in values.items() if getattr(layer, name) != value]
    if not changed:
        return layer
    for name in changed:
        setattr(layer, name, values[name])
    check(layer, changed)
    layer.save(update_fields=changed)
    layer.refresh_from_db()
    return layer


def check(layer: Layer, changed: Iterable[str]) -> None:
    """Whether the changed settings are sound, by themselves and together with the others. Raises Invalid."""
    checked = {Layer._meta.get_field(name).name for name in changed}
    try:
        layer.full_clean(exclude={field.name for field in Layer._meta.get_fields()} - checked)
    except ValidationError as error:
        raise Invalid(_("Some values are missing or wrong."), errors=error.message_dict) from error
