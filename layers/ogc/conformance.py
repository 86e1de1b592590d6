"""The conformance classes that /ogc/ declares; tests/ogc holds their abstract tests."""

FEATURES = "http://www.opengis.net/spec/ogcapi-features"
COMMON = "http://www.opengis.net/spec/ogcapi-common"
SCHEMAS = "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"

CLASSES = (
    f"{COMMON}-1/1.0/conf/core",
    f"{COMMON}-1/1.0/conf/landing-page",
    f"{COMMON}-1/1.0/conf/json",
    f"{COMMON}-1/1.0/conf/html",
    f"{COMMON}-2/1.0/conf/collections",
    f"{FEATURES}-1/1.0/conf/core",
    f"{FEATURES}-1/1.0/conf/oas30",
    f"{FEATURES}-1/1.0/conf/html",
    f"{FEATURES}-1/1.0/conf/geojson",
    f"{FEATURES}-2/1.0/conf/crs",
    f"{FEATURES}-3/1.0/conf/queryables",
    f"{FEATURES}-3/1.0/conf/queryables-query-parameters",
    f"{FEATURES}-3/1.0/conf/filter",
    f"{FEATURES}-3/1.0/conf/features-filter",
    f"{FEATURES}-4/1.0/conf/create-replace-delete",
    f"{FEATURES}-4/1.0/conf/update",
    f"{FEATURES}-4/1.0/conf/optimistic-locking-etags",
    f"{FEATURES}-4/1.0/conf/features",
    f"{SCHEMAS}/schemas",
    f"{SCHEMAS}/advanced-property-roles",
    f"{SCHEMAS}/returnables-and-receivables",
    f"{SCHEMAS}/queryables",
    # The names that they had in drafts, which QGIS and GDAL look for.
    f"{FEATURES}-5/1.0/conf/schemas",
    f"{FEATURES}-5/1.0/conf/core-roles-features",
    f"{FEATURES}-5/1.0/conf/returnables-and-receivables",
    f"{FEATURES}-5/1.0/conf/queryables",
    f"{CQL2}/cql2-text",
    f"{CQL2}/cql2-json",
    f"{CQL2}/basic-cql2",
    f"{CQL2}/advanced-comparison-operators",
    f"{CQL2}/case-insensitive-comparison",
    f"{CQL2}/accent-insensitive-comparison",
    f"{CQL2}/basic-spatial-functions",
    f"{CQL2}/basic-spatial-functions-plus",
    # What QGIS 3.40 looks for: the name that this class had in a draft.
    f"{CQL2}/basic-spatial-operators",
    f"{CQL2}/spatial-functions",
    f"{CQL2}/temporal-functions",
    f"{CQL2}/property-property",
    f"{CQL2}/arithmetic",
)
