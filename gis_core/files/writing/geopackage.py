"""A GeoPackage: a table for each layer under its identifiers, and its style where QGIS looks for one."""

import sqlite3
from contextlib import closing

from gis_core.files.writing import arrow
from gis_core.files.writing.wire import Batches, FileLayer, LayerReport, Order, Style

STYLES = """
    create table layer_styles (id integer primary key autoincrement not null, f_table_catalog text(256),
        f_table_schema text(256), f_table_name text(256), f_geometry_column text(256), styleName text(30),
        styleQML text, styleSLD text, useAsDefault boolean, description text, owner text(30), ui text(30),
        update_time datetime default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')));
    insert into gpkg_contents (table_name, data_type, identifier, description, srs_id)
        values ('layer_styles', 'attributes', 'layer_styles', '', 0);
"""
INSERT = """
    insert into layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
        styleSLD, useAsDefault, description, owner) values ('', '', ?, ?, ?, ?, ?, 1, ?, '')
"""


class GeoPackage:
    def __init__(self, order: Order) -> None:
        self.path = order.path
        self.styles: list[tuple[FileLayer, Style]] = []
        self.titles: set[str] = set()

    def write(self, layer: FileLayer, batches: Batches) -> LayerReport:
        report = LayerReport(layer.name)
        columns = [(one.name, one) for one in layer.columns]
        rows = arrow.reader(arrow.schema(columns), batches, [], report)
        arrow.write(
            layer,
            rows,
            str(self.path),
            "GPKG",
            FID=layer.columns[0].name,
            IDENTIFIER=self.title(layer),
            DESCRIPTION=layer.abstract,
        )
        if layer.style:
            self.styles.append((layer, layer.style))
        return report

    def title(self, layer: FileLayer) -> str:
        """The layer's title; a file has each once."""
        title = f"{layer.title} ({layer.name})" if layer.title in self.titles else layer.title
        self.titles.add(title)
        return title

    def close(self) -> None:
        with closing(sqlite3.connect(self.path)) as opened, opened:
            if self.styles:
                opened.executescript(STYLES)
            for layer, style in self.styles:
                values = (layer.name, arrow.GEOMETRY, style.name, style.qml, style.sld, layer.title)
                opened.execute(INSERT, values)
