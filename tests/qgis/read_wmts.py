"""Run by the system's Python, which has QGIS: the colour that a WMTS layer shows at a point, as JSON.

read_wmts.py CAPABILITIES LAYER MATRIX_SET EPSG X Y STEP
"""

import json
import sys

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize

SIDE = 101


def shown(capabilities: str, name: str, grid: str, epsg: str, x: float, y: float, step: float) -> dict[str, object]:
    """Draw a small map around the point, without an interface, and take its middle pixel."""
    source = f"contextualWMSLegend=0&crs=EPSG:{epsg}&format=image/png&layers={name}&styles=default&tileMatrixSet={grid}"
    layer = QgsRasterLayer(f"{source}&url={capabilities}", name, "wms")
    if not layer.isValid():
        return {"version": Qgis.version(), "error": layer.error().summary()}
    half = step * SIDE / 2
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(f"EPSG:{epsg}"))
    settings.setExtent(QgsRectangle(x - half, y - half, x + half, y + half))
    settings.setOutputSize(QSize(SIDE, SIDE))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    colour = job.renderedImage().pixelColor(SIDE // 2, SIDE // 2)
    return {
        "version": Qgis.version(),
        "crs": layer.crs().authid(),
        "colour": [colour.red(), colour.green(), colour.blue(), colour.alpha()],
        "errors": [error.message for error in job.errors()],
    }


application = QgsApplication([], False)
application.initQgis()
print(json.dumps(shown(*sys.argv[1:5], *map(float, sys.argv[5:8]))))
application.exitQgis()
