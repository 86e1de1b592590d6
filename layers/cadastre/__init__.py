"""The cadastral plan and its reference data: communes, sections, sheets, parcels, buildings, roads, addresses.

What is stored (`models`): the plan as Etalab or EDIGÉO deliver it, addresses of the BAN; communes are in `gis_core`.
Everybody reads it, imports alone write it (`sources`, `importers/`). What the others get is in `manifest`: layers,
searches, the geocoder.
"""
