"""The restricted reader: untrusted files are opened by a child process without network, rights or Django.

with RestrictedReader() as reader:
    name = reader.admit(path)
    info = reader.inspect(name)
    for batch in reader.features(name):
        ...
    sheet = reader.admit(path, *companions_of(path), link=True)
    for strip in reader.pixels(sheet):
        ...
"""

from gis_core.reader.limits import Limits
from gis_core.reader.problems import Problem, ReaderUnavailable, ReadRefused
from gis_core.reader.process import Batch, Feature, FileInfo, LayerInfo, RestrictedReader
from gis_core.reader.rasters import Pixels, RasterInfo, Strip, companions_of

__all__ = [
    "Batch",
    "Feature",
    "FileInfo",
    "LayerInfo",
    "Limits",
    "Pixels",
    "Problem",
    "RasterInfo",
    "ReadRefused",
    "ReaderUnavailable",
    "RestrictedReader",
    "Strip",
    "companions_of",
]
