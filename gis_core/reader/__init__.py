"""The restricted reader: untrusted files are opened by a child process without network, rights or Django.

with RestrictedReader() as reader:
    name = reader.admit(path)
    info = reader.inspect(name)
    for batch in reader.features(name):
        ...
"""

from gis_core.reader.limits import Limits
from gis_core.reader.problems import Problem, ReaderUnavailable, ReadRefused
from gis_core.reader.process import Batch, Feature, FileInfo, LayerInfo, RestrictedReader

__all__ = [
    "Batch",
    "Feature",
    "FileInfo",
    "LayerInfo",
    "Limits",
    "Problem",
    "ReadRefused",
    "ReaderUnavailable",
    "RestrictedReader",
]
