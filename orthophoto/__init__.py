"""Aerial campaigns: a delivered folder of sheets becomes a published photo.

What is stored (`models`): campaigns and the sheets of their delivery; what is published are the photos of
`layers.catalogue`. Steps: inventory, build, publication (`services/`), as jobs and one task of the queue for each
sheet (`tasks`); pixels are `raster/`, which knows no Django. `tiles` serves what was published.
"""
