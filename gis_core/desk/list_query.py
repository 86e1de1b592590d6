"""What a list is asked for: one frozen dataclass for each list, read once from the parameters of an address.

Its form, its query string and its part of the OpenAPI document follow from its fields:

    @dataclass(frozen=True, slots=True, kw_only=True)
    class StationQuery(ListQuery):
        text: str = text(_("Search"), name="q")
        operator: str = choice(_("Operator"), operators, every=_("All operators"))
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Self
from urllib.parse import urlencode

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.parameters import bbox_4326, integer, number
from gis_core.errors import Invalid
from gis_core.members.rights import Rights

LONGEST_TEXT: Final = 100
LARGEST_ID: Final = 2**63 - 1
PARAMETER: Final = "parameter"
type Given = Mapping[str, str]
type Choices = Iterable[tuple[str, Any]]
type Options = Choices | Callable[[Rights], Choices]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of the address: how it is read and written, and its field in the form if it has a label."""

    name: str = ""
    """In the address; empty: that of the field."""
    label: str | Promise = ""
    read: Callable[[Given, str], Any]
    """The value from what was given under this name. Raises Invalid at it."""
    write: Callable[[Any], str] = str
    always: bool = False
    """Whether it stands in query strings though it is empty, for lists that have a default of their own."""
    paged: bool = False
    """Whether it says where a page begins: it is no part of the query string, which is that of all pages."""
    options: Options | None = None
    every: str | Promise = ""
    """The choice that restricts nothing."""
    fewest: int = 0
    """With fewer options the field is left out: one member has nothing to choose."""
    describe: Callable[[str], str] = str
    """How a value is called that the address has and no option offers; of words, how they stand in their field."""
    hidden: bool = False
    """Whether the form keeps it out of sight: links of the page choose it."""
    low: float | None = None
    high: float | None = None
    """Of numbers."""
    placeholder: str | Promise = ""
    description: str = ""
    """For the OpenAPI document."""
    type: type = str
    enum: tuple[str, ...] = ()

    def choices(self, rights: Rights) -> list[tuple[str, str]]:
        """What the form offers, the choice of everything first."""
        options = self.options(rights) if callable(self.options) else self.options or ()
        first = [("", str(self.every))] if self.every else []
        return first + [(str(value), str(label)) for value, label in options]


def text(
    label: str | Promise, *, name: str = "", longest: int = LONGEST_TEXT, placeholder: str | Promise = "",
    description: str = "",
) -> Any:  # fmt: skip
    """Some words to search for."""

    def read(given: Given, key: str) -> str:
        return given.get(key, "").replace("\x00", "").strip()[:longest]

    return parameter(name=name, label=label, read=read, placeholder=placeholder, description=description, default="")


def choice(
    label: str | Promise,
    options: Options = (),
    *,
    every: str | Promise = "",
    allowed: Callable[[], Collection[str]] | None = None,
    longest: int = LONGEST_TEXT,
    **more: Any,
) -> Any:
    """A value of a list; `allowed` are those that make sense. Without it any text does: what is gone has no row."""

    def read(given: Given, key: str) -> str:
        value = given.get(key, "").strip()[:longest]
        if value and allowed is not None and value not in allowed():
            raise Invalid(_("“%(name)s” has no such value.") % {"name": key}, parameter=key)
        return value

    return parameter(label=label, read=read, options=options, every=every, **{"default": ""} | more)


def whole_number(
    label: str | Promise = "", *, low: int, high: int, options: Options | None = None, every: str | Promise = "",
    **more: Any,
) -> Any:  # fmt: skip
    """An integer from `low` to `high`, or None."""

    def read(given: Given, key: str) -> int | None:
        return integer(given, key, 0, low, high) if given.get(key) else None

    settled = {"default": None, "type": int} | more
    return parameter(label=label, read=read, options=options, every=every, low=low, high=high, **settled)


def decimal(label: str | Promise = "", *, low: float, high: float, description: str = "") -> Any:
    """A number from `low` to `high`, or None."""

    def read(given: Given, key: str) -> float | None:
        return number(given, key, low, high)

    return parameter(label=label, read=read, type=float, low=low, high=high, description=description, default=None)


def bbox() -> Any:
    """A box in degrees, `west,south,east,north` (EPSG:4326), or None."""

    def read(given: Given, key: str) -> Any:
        return bbox_4326(given, key)

    def write(value: Any) -> str:
        return ",".join(map(str, value))

    return parameter(read=read, write=write, description="west,south,east,north (EPSG:4326)", default=None)


def parameter(*, default: Any, **described: Any) -> Any:
    """A field of a `ListQuery`."""
    return field(default=default, metadata={PARAMETER: Parameter(**described)})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What somebody asked of a list; empty fields do not restrict."""

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """By the name of the field, each with its name in the address."""
        declared = {one.name: one.metadata[PARAMETER] for one in fields(cls) if PARAMETER in one.metadata}
        return {name: one if one.name else replace(one, name=name) for name, one in declared.items()}

    @classmethod
    def parse(cls, given: Mapping[str, Any], **defaults: str) -> Self:
        """The query of an address, with what stands for parameters that are not given. Raises Invalid."""
        texts = {**defaults, **{name: value for name, value in given.items() if isinstance(value, str)}}
        return cls(**{field: one.read(texts, one.name) for field, one in cls.parameters().items()})

    def but(self, **changes: Any) -> Self:
        """The same with other values, for links and counters."""
        return replace(self, **changes)

    def pairs(self) -> dict[str, str]:
        """Names and values as an address has them."""
        values = {one.name: (getattr(self, name), one.write) for name, one in self.parameters().items()}
        return {name: "" if value in ("", None, ()) else write(value) for name, (value, write) in values.items()}

    def query(self) -> str:
        """The query string that is read as this query."""
        pairs, declared = self.pairs(), self.parameters().values()
        kept = [one for one in declared if not one.paged and (pairs[one.name] or one.always)]
        return urlencode({one.name: pairs[one.name] for one in kept})


class QueryForm(AccessibleForm):
    """The form above a list, sent by GET; `kept` are values of the address that no option offers."""

    is_filtered = False
    """Whether somebody chose something, beside what the list shows anyway: the form stays open on a phone."""

    def __init__(self, query: type[ListQuery], rights: Rights, data: Any = None, *, kept: Given) -> None:
        super().__init__(data, initial=dict(kept))
        for one in query.parameters().values():
            value = kept.get(one.name, "")
            if (one.label or one.hidden) and (made := form_field(one, rights, value)):
                self.fields[one.name] = made
                if value and one.options is None:
                    self.initial[one.name] = one.describe(value)


def form_field(one: Parameter, rights: Rights, value: str) -> forms.Field | None:
    """The field of a parameter; none where there is nothing to choose."""
    if one.hidden:
        return forms.CharField(widget=forms.HiddenInput, required=False) if value else None
    if one.options is None:
        longest = LONGEST_TEXT if one.low is None else None
        return forms.CharField(label=str(one.label), max_length=longest, required=False, widget=input_of(one))
    choices = one.choices(rights)
    if len(choices) - bool(one.every) < one.fewest and not value:
        return None
    if value not in [code for code, _label in choices]:
        choices.append((value, one.describe(value)))
    return forms.ChoiceField(label=str(one.label), choices=choices, required=False)


def input_of(one: Parameter) -> forms.Widget:
    """Where words or a number are typed."""
    if one.low is None:
        return forms.TextInput(attrs={"type": "search", "placeholder": str(one.placeholder)})
    return forms.NumberInput(attrs={"min": one.low, "max": one.high, "step": "any" if one.type is float else 1})


def answer_query[Q: ListQuery, A](
    query: type[Q],
    given: Mapping[str, Any],
    rights: Rights,
    answer: Callable[[Q, Given], A],
    defaults: Given | None = None,
) -> tuple[Q, QueryForm, A]:
    """The query of an address, its form, and what `answer` makes of it and of the other parameters.

    What makes no sense (Invalid) is said in the form, and the answer is that of an address without parameters.
    `defaults` stand for parameters that are not given.
    """
    usual = dict(defaults or {})
    kept = usual | {name: value for name, value in given.items() if isinstance(value, str)}
    try:
        chosen = query.parse(kept)
        answered = answer(chosen, kept)
    except Invalid as error:
        form = QueryForm(query, rights, kept, kept={})
        if str(error.extra.get("parameter")) not in form.errors:
            blame(form, error)
        chosen = query.parse(usual)
        return chosen, form, answer(chosen, usual)
    form = QueryForm(query, rights, kept=chosen.pairs())
    form.is_filtered = chosen != query.parse(usual)
    return chosen, form, answered
