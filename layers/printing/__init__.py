"""Maps to scale as PDF files, made by jobs.

Nothing is stored but jobs and files. `order` is what is printed, `services.drawing` draws it, `services.prints` keeps
it; `points.MARKS` are drawings that apps give to points of their layers.
"""
