"""OGC API Features at `/ogc/`: landing page, collections, items, for QGIS and other clients.

Nothing is stored. Rows are read and written by `layers.features.services`; `points` let other apps add conformance
classes and addresses (`tiles` adds OGC API Tiles).
"""
