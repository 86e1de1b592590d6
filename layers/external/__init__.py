"""Layers that other servers draw (WMS, WMTS, tiles): declared by administrators, fetched image by image.

What is stored (`models`): hosts that may be asked, external layers. `capabilities` reads what a server offers,
`fetching` asks it, allowed hosts only.
"""
