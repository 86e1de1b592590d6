"""The half of the reader that runs locked up: it opens untrusted files and knows neither Django nor the network.

This package is put on the path as `child`, without gis_core, so it imports nothing but itself (relatively), the
standard library and, when a format needs it, pyogrio.
"""
