"""What an administrator chooses of a layer: title, fields, rights, style, rules, QGIS styles.

Nothing is stored here: settings are columns of `layers.catalogue.models.Layer`. `services.saving` writes them; `qml/`
reads and writes styles of QGIS.
"""
