"""Run as a process of its own: what GDAL's OAPIF driver finds in one layer, as JSON.

read_oapif.py SETTINGS, a JSON object: url, layer and, as they are wanted, crs, page, where, bbox, column.
"""

import json
import sys

# It takes most of the time that pyogrio begins in, and is not needed.
sys.modules["pandas"] = None  # type: ignore[assignment]
import pyogrio  # noqa: E402
import shapely  # noqa: E402

told = json.loads(sys.argv[1])
asked = {"where": told.get("where"), "bbox": tuple(told["bbox"]) if "bbox" in told else None}
options = {"PAGE_SIZE": str(told.get("page", 1000)), **({"CRS": told["crs"]} if "crs" in told else {})}
source = f"OAPIF:{told['url']}/collections/{told['layer']}"
info = pyogrio.read_info(source, force_feature_count=True, **options)
meta, _fids, geometries, values = pyogrio.raw.read(source, datetime_as_string=True, **asked, **options)
names = list(info["fields"])
kinds = ["str" if kind == "object" else str(kind) for kind in info["dtypes"]]
column = values[names.index(told["column"])].tolist() if "column" in told else []
found = {
    "fields": {name: kind.replace("datetime64[D]", "date") for name, kind in zip(names, kinds, strict=True)},
    "crs": info["crs"],
    "geometry": info["geometry_type"],
    "count": info["features"],
    "points": [list(shapely.get_coordinates(one)[0]) for one in shapely.from_wkb(geometries)],
    "values": [None if value != value else value for value in column],
}
print(json.dumps(found))
