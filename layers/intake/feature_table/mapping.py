"""How a layer of a file is likely read as rows of a layer of ours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from layers.intake.cells import bare
from layers.intake.feature_table.source import FeatureTable, FeatureTables, is_place
from layers.intake.layer_mapping import LayerMapping, likely_columns, likely_values


def suggest(tables: FeatureTables, layer: Mapping[str, Any], slug: str = "") -> LayerMapping:
    """How a layer (`layers.intake.looking.Seen` as JSON) is likely read: as rows of the layer of that slug where
    somebody says so, else of the first that takes its geometry. One without a geometry is read as nothing.
    """
    table = table_for(tables, layer, slug)
    if table is None:
        return LayerMapping()
    mapping = suggest_columns(table, layer["fields"])
    return replace(mapping, columns={**xy_columns(layer), **mapping.columns})


def table_for(tables: FeatureTables, layer: Mapping[str, Any], slug: str) -> FeatureTable | None:
    """The table that somebody named, else the first of the geometry that a layer has."""
    return tables.get(slug) or next((one for one in tables.tables if one.geometry == layer["geometry"]), None)


def xy_columns(layer: Mapping[str, Any]) -> dict[str, str]:
    """Of a table, the two fields in which the reader recognised coordinates."""
    place = layer.get("place") or []
    return {"place_x": place[0], "place_y": place[1]} if len(place) == 2 else {}


def suggest_columns(
    table: FeatureTable, fields: Mapping[str, Mapping[str, int]], taken: Mapping[str, str] | None = None
) -> LayerMapping:
    """The fields of each column by their names, what their words mean; `taken` are known. `fields`: for each field how
    often its words come.
    """
    columns = dict(taken or {})
    free = [one for one in fields if one not in columns.values() and bare(one) not in table.unguessed]
    names = [name for name, _label, _codes in table.all_targets() if not is_place(name)]
    columns |= likely_columns(names, free, table.headers)
    values = likely_values(table.all_targets(), columns, fields, partial(likely_code, table.meanings))
    return LayerMapping(table=table.slug, columns=columns, values=values)


def likely_code(meanings: Mapping[str, Mapping[str, str]], name: str, word: str, codes: Mapping[str, Any]) -> str:
    """The code that a word of a column means, by what is said of it (`FeatureTable.meanings`) or by the labels of the
    codes; "" where it says too little.
    """
    plain = bare(word)
    if word.strip() in codes:
        return word.strip()
    spoken = meanings.get(name, {})
    # "Bon état", "en mauvais état", "H.S."
    for form in (plain, " ".join(one for one in plain.split() if one not in ("en", "etat")), plain.replace(" ", "")):
        if (code := spoken.get(form, "")) in codes:
            return code
    return next((code for code, labels in codes.items() if plain in {bare(one) for one in labels}), "")
