"""The columns of a table on the page of its import: which is which, what its words mean; and what was chosen there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from layers.intake.models import FileImport
from layers.intake.table import MOST_TEXTS, Field, TableFields, TableMapping

ENCODINGS: Final = {"cp1252": "Windows-1252", "utf-8-sig": "UTF-8"}
LONGEST_NAME: Final = 80


def table_choices(kind: TableFields) -> Callable[[FileImport, QueryDict], dict[str, Any]]:
    """For `ImportDesk.choices`: what was chosen, nothing where the form was not sent. Raises Invalid for what lacks."""

    def choices(made: FileImport, posted: QueryDict) -> dict[str, Any]:
        if not is_sent(kind, posted):
            return {}
        mapping = parse_mapping(made, kind, posted)
        if lacking := kind.lacking(mapping):
            raise Invalid(_("Say which columns these are: %(lacking)s.") % {"lacking": lacking}, parameter="columns")
        return {"mapping": mapping.as_json(), "name": parse_name(kind, posted)}

    return choices


def table_context(kind: TableFields) -> Callable[[FileImport, QueryDict], dict[str, Any]]:
    """For `ImportDesk.context`: what `intake/columns.html` shows of an import whose table was read."""

    def context(made: FileImport, posted: QueryDict) -> dict[str, Any]:
        if not made.contents:
            return {"table": None}
        table = made.contents[0]
        mapping = TableMapping.from_json(made.choices.get("mapping") or {}, kind.fields)
        name = str(made.choices.get("name", ""))
        if is_sent(kind, posted):
            mapping, name = parse_mapping(made, kind, posted), parse_name(kind, posted)
        return {
            "table": table,
            "facts": facts_of(table, made.choices),
            "columns": column_rows(kind, table, mapping),
            "words_meant": word_rows(kind, table, mapping),
            "mapping_name": name,
            "lacking": kind.lacking(mapping),
        }

    return context


def is_sent(kind: TableFields, posted: Mapping[str, str]) -> bool:
    return any(f"column-{one.name}" in posted for one in kind.fields)


def parse_name(kind: TableFields, posted: Mapping[str, str]) -> str:
    return posted.get("name", "").strip()[:LONGEST_NAME] or str(kind.label)


def parse_mapping(made: FileImport, kind: TableFields, posted: Mapping[str, str]) -> TableMapping:
    """What was chosen on the page; headers and codes that are none are left out."""
    header = made.contents[0]["header"] if made.contents else []
    columns = {one.name: posted.get(f"column-{one.name}", "") for one in kind.fields}
    codes = {one.name: parse_codes(one, posted) for one in kind.fields if one.codes}
    known = {name: text for name, text in columns.items() if text in header}
    return TableMapping.from_json({"columns": known, "codes": codes}, kind.fields)


def parse_codes(one: Field, posted: Mapping[str, str]) -> dict[str, str]:
    """The code of each word of a field that was on the page."""
    names = [f"{one.name}-{place}" for place in range(MOST_TEXTS)]
    return {posted.get(f"{name}-text", ""): posted[name] for name in names if posted.get(name)}


def column_rows(kind: TableFields, table: Mapping[str, Any], mapping: TableMapping) -> list[tuple[Field, str, str]]:
    """Each field with its header and an example of what is there."""
    samples = table.get("samples", {})
    headers = ((one, mapping.columns.get(one.name, "")) for one in kind.fields)
    return [(one, header, "" if one.private else samples.get(header, "")) for one, header in headers]


def word_rows(kind: TableFields, table: Mapping[str, Any], mapping: TableMapping) -> list[dict[str, Any]]:
    """The words of each field with codes: how often each is there, and what it is taken for."""
    counts = table.get("words", {})
    return [
        {
            "name": one.name,
            "label": one.codes.label,
            "choices": one.codes.choices(),
            "rows": [(word, count, mapping.code(one, word)) for word, count in counts[one.name]],
        }
        for one in kind.fields
        if one.codes and counts.get(one.name)
    ]


def facts_of(table: Mapping[str, Any], choices: Mapping[str, Any]) -> list[str]:
    """How the file is written and read, in a few words each."""
    facts = [ENCODINGS.get(table["encoding"], table["encoding"]) or table["format"]]
    if table["separator"]:
        facts.append(_("separator %(mark)s") % {"mark": {"\t": _("tab")}.get(table["separator"], table["separator"])})
    if choices.get("known"):
        facts.append(_("read as “%(name)s” was") % {"name": choices["name"]})
    return facts
