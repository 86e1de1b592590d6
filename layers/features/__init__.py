"""Rows of layers: reading, filtering, searching, writing with versions, history, attachments.

What is stored (`models`): notices of writes over others' work, attachments; rows lie in the tables of their layers,
their history in `gis_core`. `services.query` reads, `services.write` writes, for the API, OGC and QGIS alike; `cql2/`
compiles filters. Other apps say by `points` what a sheet adds (`FEATURE_SHEETS`), what writing a table asks
(`EDITING`), who answers a search (`SEARCHERS`).
"""
