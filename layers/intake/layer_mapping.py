"""How a layer of any file becomes rows of one of ours: which of its fields is which column, what its words mean.

Suggested by likeness, changed by people, kept for the next file (`layers.intake.services.mappings`). Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from layers.catalogue.points import LAYERS
from layers.intake.cells import bare

type Codes = Mapping[str, Sequence[str]]
"""A code list: {code: (French, English)}."""
type Target = tuple[str, Any, Codes]
"""What a field of a file may be: the name of a column of ours, its label, its code list (empty for values)."""
type Targets = Callable[[str], Sequence[Target]]
"""The targets of a layer of ours (its slug); none where such files do not fill it."""


@dataclass(frozen=True, slots=True)
class LayerMapping:
    """How one layer of a file is read.

    `table` is the slug of a layer of ours, "" where it stays out; `columns` {ours: the file's field}, `values` {ours:
    {word: code}}, `fixed` {ours: one code for all}, `units` {ours: unit}, `crs` an EPSG code where somebody says it.
    """

    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    crs: int | None = None

    @classmethod
    def from_json(cls, kept: Any, targets: Targets) -> LayerMapping:
        """From what was kept or posted; what is unknown by now is left out."""
        given = dict(kept or {})
        table = str(given.get("table") or "")
        lists = {name: codes for name, _label, codes in targets(table)}
        names = set(lists)

        def within(name: str) -> dict[str, Any]:
            return {key: value for key, value in dict(given.get(name) or {}).items() if key in names and value}

        crs = given.get("crs")
        return cls(
            table=table if names else "",
            columns={name: str(source) for name, source in within("columns").items()},
            values={name: keep_known_codes(dict(meanings), lists[name]) for name, meanings in within("values").items()},
            fixed=keep_known_constants(within("fixed"), lists),
            units=within("units"),
            crs=int(crs) if crs else None,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


type LikelyCode = Callable[[str, str, Codes], str]
"""The code that a word of a column (its name) likely means; "" where it says too little."""


def likely_values(
    targets: Iterable[Target],
    columns: Mapping[str, str],
    fields: Mapping[str, Mapping[str, int]],
    likely_code: LikelyCode,
) -> dict[str, dict[str, str]]:
    """The codes of the words of each column with a code list, of those that say enough. `fields`: for each field how
    often its words come.
    """
    values = {
        name: {word: code for word in fields.get(columns[name], {}) if (code := likely_code(name, word, codes))}
        for name, _label, codes in targets
        if codes and name in columns
    }
    return {name: meanings for name, meanings in values.items() if meanings}


def with_new_texts(
    kept: LayerMapping, targets: Iterable[Target], layer: Mapping[str, Any], likely_code: LikelyCode
) -> LayerMapping:
    """A mapping that was kept, for the words that a layer (`layers.intake.looking.Seen` as JSON) has now: with what
    those likely mean that came since.
    """
    likely = likely_values(targets, kept.columns, layer["fields"], likely_code)
    values = {name: dict(meanings) for name, meanings in kept.values.items()}
    for name, source in kept.columns.items():
        if (name in values or name in likely) and source in layer["fields"]:
            meanings = likely.get(name, {}) | values.get(name, {})
            texts = meanings if source in layer["several"] else layer["fields"][source]
            values[name] = {word: code for word, code in meanings.items() if word in texts}
    return replace(kept, values={name: meanings for name, meanings in values.items() if meanings})


def keep_known_codes(meanings: Mapping[str, Any], codes: Codes) -> dict[str, str]:
    """The words whose code is in the list, or is empty: nobody says what they mean."""
    return {str(word): str(code) for word, code in meanings.items() if not code or code in codes}


def keep_known_constants(fixed: Mapping[str, Any], lists: Mapping[str, Codes]) -> dict[str, str]:
    """The columns that have one code for all rows, of those whose list has it."""
    return {name: str(code) for name, code in fixed.items() if not lists[name] or code in lists[name]}


@cache
def columns_of(slug: str) -> tuple[dict[str, Any], ...]:
    """The columns of a declared layer that a file may fill."""
    layer = next((one for one in LAYERS.all() if one.slug == slug), None)
    return tuple(dict(one) for one in layer.columns if not one.get("read_only")) if layer else ()


def targets_of(slug: str) -> list[Target]:
    """What a field of a file may be in a declared layer: its columns."""
    return [(one["name"], one["label"], one.get("values") or {}) for one in columns_of(slug)]


def fit(field: str, name: str, synonyms: Mapping[str, Sequence[str]]) -> int:
    """How well a field's name fits a column of ours: 100 for its own name, less for each synonym, 0 for none."""
    plain = bare(field)
    if plain == bare(name):
        return 100
    known = synonyms.get(name, ())
    return 90 - known.index(plain) if plain in known else 0


def likely_columns(
    names: Iterable[str], fields: Sequence[str], synonyms: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The field of each of our columns that is recognised, the best fits first; a field serves once."""
    fits = sorted(
        ((fit(text, name, synonyms), -place, name, text) for name in names for place, text in enumerate(fields)),
        reverse=True,
    )
    columns: dict[str, str] = {}
    for score, _place, name, text in fits:
        if score and name not in columns and text not in columns.values():
            columns[name] = text
    return columns
