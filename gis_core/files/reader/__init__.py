"""The restricted reader: untrusted files are opened by a child process without network, rights or Django.

with RestrictedReader() as reader:
    name = reader.admit(path)
    info = reader.inspect(name)
    for batch in reader.features(name):
        ...
    info = reader.inspect(name, reading=Reading())
    for chunk in reader.copy(name, layer=info.layers[0].name, plan=CopyPlan(...)):
        ...
    for name, sheet in reader.plans([reader.admit(archive)]):
        ...
    sheet = reader.admit(path, *companions_of(path), link=True)
    for strip in reader.pixels(sheet):
        ...
    for stretch in reader.lines(name):
        ...
    document = reader.document(name)
    pictures = reader.picture(name, PictureRecipe(...))
    network = reader.epanet(name)
"""

from gis_core.files.reader.documents import Document
from gis_core.files.reader.epanet import EpanetLink, EpanetNetwork, EpanetNode
from gis_core.files.reader.limits import Limits
from gis_core.files.reader.pictures import Pictures
from gis_core.files.reader.pictures import Recipe as PictureRecipe
from gis_core.files.reader.plans import PlanObject, PlanSheet, RefusedSheet
from gis_core.files.reader.problems import Problem, ReaderKilled, ReaderUnavailable, ReadRefused
from gis_core.files.reader.process import RestrictedReader, sweep_quarantine
from gis_core.files.reader.rasters import Pixels, RasterInfo, Strip, companions_of
from gis_core.files.reader.texts import Lines
from gis_core.files.reader.vectors import (
    Batch,
    Chunk,
    Column,
    CopyPlan,
    Encoding,
    Feature,
    FieldInfo,
    FileInfo,
    GeometryColumn,
    GeometryInfo,
    LayerInfo,
    Place,
    Reading,
    Reference,
    Repair,
)
