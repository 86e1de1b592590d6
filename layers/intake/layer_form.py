"""The form that says how the layers of a file are read: each with its table, its columns, their words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from layers.features.display import code_choices
from layers.intake.cells import size_in
from layers.intake.layer_mapping import Codes, LayerMapping, Target, Targets
from layers.intake.looking import MOST_TEXTS

SAMPLES: Final = 3
LONGEST_SAMPLE: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetForm:
    """One column of ours on the form (`intake/target.html`).

    `source` is the field of the file that fills it, `sample` some of its words, `size` the diameter that the first of
    them tells. `texts` are those of a field that fills a code list, with how often they come and the code that is said
    of each, the unknown ones first; of `several` only the most frequent are listed. A `fixable` one may have one code
    for all; a `needed` one must be filled.
    """

    id: str
    name: str
    label: Any
    source: str
    sample: str
    size: int | None
    choices: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, int, str]]
    several: bool
    fixable: bool
    fixed: str
    needed: bool
    units: Sequence[str]
    unit: str

    @property
    def unsaid(self) -> int:
        """How many words have no code."""
        return sum(not code for _text, _count, code in self.texts)


def target_form(
    place: int,
    layer: Mapping[str, Any],
    mapping: LayerMapping,
    target: Target,
    *,
    fixable: bool = False,
    needed: bool = False,
    units: Sequence[str] = (),
    sized: bool = False,
) -> TargetForm:
    """A column of ours for the layer at a place of the contents (`layers.intake.looking.Seen` as JSON)."""
    name, label, codes = target
    source, fixed = mapping.columns.get(name, ""), mapping.fixed.get(name, "")
    counts = layer["fields"].get(source, {}) if source else {}
    sample, first = ", ".join(list(counts)[:SAMPLES])[:LONGEST_SAMPLE], next(iter(counts), "")
    return TargetForm(
        id=f"{place}-{name}",
        name=name,
        label=label,
        source=source,
        sample=sample,
        size=size_in(first) if sized and not first.replace(".", "").isdigit() else None,
        choices=code_choices(codes),
        texts=texts_with_codes(counts, codes, mapping.values.get(name, {})) if codes and source and not fixed else (),
        several=source in layer["several"],
        fixable=fixable,
        fixed=fixed,
        needed=needed,
        units=units if source else (),
        unit=mapping.units.get(name, units[0] if units else ""),
    )


def texts_with_codes(counts: Mapping[str, int], codes: Codes, known: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """The words of a field with how often they come and their codes: those without a code, then the most frequent."""
    texts = [(text, count, known.get(text, text if text in codes else "")) for text, count in counts.items()]
    return sorted(texts, key=lambda word: (bool(word[2]), -word[1]))


def mapping_in(posted: QueryDict, place: int, layer: Mapping[str, Any], targets: Targets) -> LayerMapping:
    """How the layer at a place of the contents is read, as the form says."""
    table = posted.get(f"table-{place}", "")
    names = [name for name, _label, _codes in targets(table)]
    columns = {name: posted.get(f"column-{place}-{name}", "") for name in names}
    given = {
        "table": table,
        "columns": {name: field for name, field in columns.items() if field in layer["fields"]},
        "fixed": {name: posted.get(f"fixed-{place}-{name}", "") for name in names},
        "units": {name: posted.get(f"unit-{place}-{name}", "") for name in names},
        "values": {name: codes_in(posted, place, name) for name in names},
        "crs": system_in(posted, place),
    }
    return LayerMapping.from_json(given, targets)


def is_just_chosen(posted: QueryDict, place: int) -> bool:
    """Whether the table of a layer was chosen since the form showed its columns."""
    table = posted.get(f"table-{place}", "")
    return bool(table) and table != posted.get(f"shown-{place}")


def system_in(posted: QueryDict, place: int) -> int | None:
    """The EPSG code that is said of a layer, with or without its "EPSG:"; None where it is none."""
    text = posted.get(f"crs-{place}", "").upper().removeprefix("EPSG:").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def codes_in(posted: QueryDict, place: int, name: str) -> dict[str, str]:
    """The codes that are said of the words of a field of a layer."""
    codes = {}
    for number in range(MOST_TEXTS):
        code = posted.get(f"word-{place}-{name}-{number}")
        if code is None:
            break
        codes[posted.get(f"word-{place}-{name}-{number}-text", "")] = code
    return codes
