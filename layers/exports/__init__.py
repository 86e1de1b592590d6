"""Layers and selections as files: streamed at once, or made by a job and kept for some days.

Nothing is stored but jobs and files. `services.selection` says what is in one, `services.making` makes it; apps add
formats of their own by `points.EXPORTS`. Formats are written by `gis_core.files.writing`.
"""
