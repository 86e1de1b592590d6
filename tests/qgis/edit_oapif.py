"""Run by the system's Python, which has QGIS: what its OGC API Features provider makes of one layer, as JSON.

edit_oapif.py SETTINGS, a JSON object: url, layer, username, password, and `steps`, each `[name, argument, …]`.
"""

import json
import sys
from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsDataSourceUri,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsRectangle,
    QgsVectorLayer,
)


class Session:
    """One layer, opened; `messages` is what QGIS logs, which people see in its panel of messages."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.messages: list[str] = []
        QgsApplication.messageLog().messageReceived[str, str, Qgis.MessageLevel].connect(self.hear)
        uri = QgsDataSourceUri()
        uri.setParam("url", settings["url"])
        uri.setParam("typename", settings["layer"])
        uri.setParam("pagingEnabled", "true")
        if settings.get("password"):
            uri.setUsername(settings["username"])
            uri.setPassword(settings["password"])
        self.layer = QgsVectorLayer(uri.uri(False), settings["layer"], "OAPIF")

    def hear(self, message: str, tag: str, _level: Any) -> None:
        if tag == "OAPIF":
            self.messages.append(message)

    # -- steps --------------------------------------------------------------------------------------------------------

    def describe(self) -> dict[str, Any]:
        layer = self.layer
        return {
            "valid": layer.isValid(),
            "crs": layer.crs().authid(),
            "fields": [[field.name(), field.typeName(), field.alias()] for field in layer.fields()],
            "geometry": layer.geometryType().name if layer.isValid() else None,
            "count": layer.featureCount(),
            "editable": bool(layer.dataProvider().capabilities() & layer.dataProvider().ChangeAttributeValues),
            "extent": [round(value, 1) for value in self.extent()] if layer.isValid() else None,
            "messages": list(self.messages),
        }

    def extent(self) -> list[float]:
        box = self.layer.extent()
        return [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]

    def read(self, expression: str = "") -> list[dict[str, Any]]:
        self.layer.setSubsetString(expression)
        return [self.plain(feature) for feature in self.layer.getFeatures()]

    def read_exact(self) -> list[list[float]]:
        """The positions of points, as they are."""
        points = [feature.geometry().asPoint() for feature in self.layer.getFeatures()]
        return [[point.x(), point.y()] for point in points]

    def read_box(self, *bounds: float) -> list[dict[str, Any]]:
        request = QgsFeatureRequest().setFilterRect(QgsRectangle(*bounds))
        return [self.plain(feature) for feature in self.layer.getFeatures(request)]

    def plain(self, feature: QgsFeature) -> dict[str, Any]:
        names = [field.name() for field in self.layer.fields()]
        values = {name: plain_value(feature[name]) for name in names}
        return {**values, "wkt": feature.geometry().asWkt(3)}

    def add(self, wkt: str, values: dict[str, Any]) -> dict[str, Any]:
        feature = QgsFeature(self.layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        for name, value in values.items():
            feature[name] = value
        return self.edited(lambda: self.layer.addFeature(feature))

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        return self.edited(lambda: [self.set(feature, values) for feature in self.layer.getFeatures()])

    def set(self, feature: QgsFeature, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self.layer.changeAttributeValue(feature.id(), self.layer.fields().indexOf(name), value)

    def move(self, east: float, north: float) -> dict[str, Any]:
        def moved(feature: QgsFeature) -> QgsGeometry:
            geometry = feature.geometry()
            geometry.translate(east, north)
            return geometry

        return self.edited(
            lambda: [self.layer.changeGeometry(one.id(), moved(one)) for one in self.layer.getFeatures()]
        )

    def delete(self) -> dict[str, Any]:
        return self.edited(lambda: self.layer.deleteFeatures([one.id() for one in self.layer.getFeatures()]))

    def edited(self, edit: Any) -> dict[str, Any]:
        """Edit and save, as with QGIS's pencil and disk; what went wrong, as people are told."""
        started = self.layer.startEditing()
        edit()
        saved = self.layer.commitChanges()
        errors = self.layer.commitErrors()
        QgsApplication.processEvents()
        if not saved:
            self.layer.rollBack()
        return {"started": started, "saved": saved, "errors": errors, "messages": list(self.messages)}


def plain_value(value: Any) -> Any:
    if value is None or (type(value).__name__ == "QVariant" and value.isNull()):
        return None
    if type(value).__name__ in ("QDate", "QDateTime"):
        return value.toString("yyyy-MM-dd")
    return value


settings = json.loads(sys.argv[1])
application = QgsApplication([], False)
application.initQgis()
session = Session(settings)
print(json.dumps([Qgis.version(), *(getattr(session, name)(*arguments) for name, *arguments in settings["steps"])]))
del session  # before the application, on which the layer's threads stand
application.exitQgis()
