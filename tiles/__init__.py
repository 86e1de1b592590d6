"""What leaves as tiles: vector tiles of layers, aerial photos through MapProxy, their caches and who may have them.

Nothing is stored but files of the cache, which can be made again. `wsgi` answers in front of Django what is kept
already: `asking` finds the asker's rights, `cache` the file; `views` and `services/` make what is missing, `ortho/`
serves photos.
"""
