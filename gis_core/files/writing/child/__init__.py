"""Writes files with libraries that our other processes must not load: `python -m gis_core.files.writing.child`.

Without Django. Standard input carries pickled objects from the process that started it: the order, then for each layer
its description, lists of rows and None; a last None says that this was all. The answer is one JSON object.
"""
