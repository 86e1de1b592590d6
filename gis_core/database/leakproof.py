"""The functions that a row policy lets an index use: they compare boxes or text; no error carries a value."""

LEAKPROOF = (
    "geometry_overlaps(geometry,geometry)",
    "geometry_within(geometry,geometry)",
    "geometry_contains(geometry,geometry)",
    "textlike(text,text)",
)
