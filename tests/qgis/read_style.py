"""Run by the system's Python, which has QGIS: the symbol layers that it reads in a style of an area layer, as JSON.

read_style.py STYLE
"""

import json
import sys

from qgis.core import Qgis, QgsApplication, QgsSymbolLayer, QgsVectorLayer


def told(part: QgsSymbolLayer) -> dict[str, object]:
    """The kind of a symbol layer, and what a pattern of lines is made of."""
    found: dict[str, object] = {"kind": part.layerType()}
    if part.layerType() == "LinePatternFill":
        line = part.subSymbol().symbolLayer(0)
        found |= {"angle": part.lineAngle(), "distance": part.distance(), "width": line.width()}
        found["colour"] = [line.color().red(), line.color().green(), line.color().blue(), line.color().alpha()]
    return found


def main() -> None:
    application = QgsApplication([], False)
    application.initQgis()
    layer = QgsVectorLayer("Polygon?crs=EPSG:2154", "areas", "memory")
    _words, read = layer.loadNamedStyle(sys.argv[1])
    parts = layer.renderer().symbol().symbolLayers()
    print(json.dumps({"version": Qgis.version(), "read": read, "parts": [told(part) for part in parts]}))


main()
