"""In which columns people write freely: declared once by each app, beside whose its rows are.

A person's request searches them (`gis_core.ownership.text_search`); what it does not search says why. A test compares
with the columns of all models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Field, JSONField, Model, TextField
from django.urls import NoReverseMatch, reverse

from gis_core.models import Letter
from gis_core.ownership.declarations import DECLARED, title_of
from gis_core.ownership.people import is_closed, is_nominative, model_of, rows_of
from gis_core.wiring.points import ExtensionPoint

type Links = Callable[[Sequence[int]], Mapping[int, str]]
"""The pages on which rows are read, by their numbers; rows without one are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText:
    """The columns of a model (`app_label.Model`) that are searched for a person; `unread` says why others are not.

    `why` is the reason, in French, of a model of which nothing is searched.
    """

    model: str
    columns: tuple[str, ...] = ()
    links: Links | None = None
    unread: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


FREE_TEXTS: ExtensionPoint[FreeText] = ExtensionPoint(
    "ownership.free_texts",
    "In which columns people write freely, that a person's request searches; in the order in which they are.",
    key=lambda one: one.model,
)


@dataclass(frozen=True, slots=True)
class LetterPage:
    """At which address letters about something (`Letter.about_kind`) are read, given its key and their number."""

    about: str
    page: str


LETTER_PAGES: ExtensionPoint[LetterPage] = ExtensionPoint(
    "ownership.letter_pages",
    "Where letters are read, by what they are about; their order means nothing.",
    key=lambda one: one.about,
)
CODE: Final = "code, numéro, nom technique ou empreinte : personne n'y écrit librement"
COMPUTED: Final = "calculé d'autres colonnes, qui sont cherchées"
SECRET: Final = "secret ou empreinte d'un secret, que nul ne lit"  # noqa: S105 - a reason in words
SETTING: Final = "réglage de la plateforme, écrit par un administrateur"
MACHINE: Final = "écrit par la plateforme : mesures, réponses et comptes rendus de calculs"
COORDINATES: Final = "géométries et géographie"
CODES: Final = """
    insee slug siren siret sha256 digest kind kinds state table series code about_kind about_key number
    numbers idu idus idurba media_type visa_number parcels communes reference target family material
    position condition subtype object_kind other_kind object_reference cover frame ladder channel
    infiltration defect defects repaired year_quality service_state content function flow_mode route
    department carriageway nature status importance manager insee_left insee_right surface winter
    traffic_way side size mark state_before start_reference end_reference conditions destinations
    operation article meter sensitive anomalies architect_number provider_id provider folder key zone
    permit networks desks user_agent url column patterns pattern act_pattern
"""
NOT_TEXT: Final[Mapping[str, str]] = {
    **dict.fromkeys(CODES.split(), CODE),
    **dict.fromkeys(("search_text", "folded_text", "name_key", "address_key", "requester_key"), COMPUTED),
    **dict.fromkeys(("password", "former_password", "code_digest", "token", "token_secret", "secret"), SECRET),
    **dict.fromkeys(("reader_roles", "applicant_roles", "domains", "options", "encrypted_secret"), SETTING),
    **dict.fromkeys(("geom_3857", "footprint_4326", "length_m", "announced"), COORDINATES),
    **dict.fromkeys(("faults", "measured", "report", "summary", "far", "findings", "drawn", "versions"), MACHINE),
}
"""By the name of a column, why none of that name is searched unless a model declares it."""
SCOPES: Final[Mapping[str, str]] = {
    "reference": "donnée de référence publique, dont la source est ailleurs",
    "nominative": "propriétaires : lus par leur page seule, qui écrit son journal",
}


# -- what is searched -------------------------------------------------------------------------------------------------


def free_columns(model: type[Model]) -> list[str]:
    """Its columns that hold a text, whoever writes it; without choices of a list, keys, and what names somebody."""
    declared = DECLARED.by_key().get(model._meta.label)
    identity = declared.identity if declared else ()
    return [
        str(one.column)
        for one in model._meta.concrete_fields
        if holds_text(one) and not one.choices and one.column not in identity
    ]


def holds_text(one: Field[Any, Any]) -> bool:
    kind: Any = getattr(one, "output_field", one)
    if isinstance(kind, ArrayField):
        kind = kind.base_field
    return not one.is_relation and isinstance(kind, CharField | TextField | JSONField)


def why_unsearched(model: type[Model], column: str) -> str:
    """Why a column is not searched, in French; "" where it is, or where nothing says why."""
    declared = FREE_TEXTS.by_key().get(model._meta.label)
    if declared and column in declared.columns:
        return ""
    scope = str(getattr(model, "security", "")).partition(":")[0]
    given = (declared.unread.get(column) or declared.why) if declared else ""
    return given or SCOPES.get(scope, "") or NOT_TEXT.get(column, "")


def is_searched(one: FreeText) -> bool:
    return bool(one.columns) and not is_nominative(DECLARED.get(one.model))


# -- pages ------------------------------------------------------------------------------------------------------------


def page_of(name: str, *paths: str) -> Links:
    """Rows whose page is at the address `name`, given these values of the row (`permit__number`; none: its number)."""
    return partial(links_of, name, paths or ("pk",))


def links_of(name: str, paths: Sequence[str], ids: Sequence[int], model: str = "") -> dict[int, str]:
    links = {}
    for row, *values in values_of(apps.get_model(model), paths, ids):
        try:
            links[row] = reverse(name, args=values)
        except NoReverseMatch:
            # A row of a file without a number yet has no page.
            continue
    return links


def values_of(model: type[Model], paths: Sequence[str], ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """(number, values of the paths) of these rows; of a table that only functions read, by the row that it hangs on."""
    if tuple(paths) == ("pk",):
        return [(row, row) for row in ids]
    if not is_closed(model):
        return list(model._default_manager.filter(pk__in=ids).values_list("pk", *paths))
    (path,) = paths
    name, _separator, rest = path.partition("__")
    key: Any = model._meta.get_field(name)
    parents = {row["id"]: row[key.column] for row in rows_of(model, ids)}
    values = dict(key.related_model._default_manager.filter(pk__in=parents.values()).values_list("pk", rest or "pk"))
    return [(row, values[parent]) for row, parent in parents.items() if parent in values]


def pages_of_letters(ids: Sequence[int]) -> dict[int, str]:
    """The pages of letters, by what they are about."""
    places, links = LETTER_PAGES.by_key(), {}
    letters = Letter.objects.filter(pk__in=ids).values_list("pk", "about_kind", "about_key")
    for letter, about, key in letters:
        if place := places.get(about):
            links[letter] = reverse(place.page, args=[key, letter])
    return links


def pages_of(one: FreeText, ids: Sequence[int]) -> Mapping[int, str]:
    """The pages of rows of a model, as its app declares them."""
    if one.links is None:
        return {}
    return one.links(ids, model=one.model) if isinstance(one.links, partial) else one.links(ids)


def title_of_texts(one: FreeText) -> str:
    return title_of(DECLARED.get(one.model))


def columns_of(one: FreeText) -> dict[str, str]:
    """The searched columns, with what people call them."""
    fields = {
        str(each.column): str(each.verbose_name) for each in model_of(DECLARED.get(one.model))._meta.concrete_fields
    }
    return {column: fields[column] for column in one.columns}
