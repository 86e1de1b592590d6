"""Which routes take a place among what costs (`gis_core.http.admission`), and which files are at hand without one.

A new route that makes a file or a feed for its asker fails `test_what_costs_takes_a_place` until it has a kind, or
stands in `AT_HAND` with the reason why it costs little.
"""

PLAIN = frozenset({"", "text/html", "application/json", "application/problem+json"})

COSTLY = {
    "api/v1/exports/<int:job_id>/file/": {"download"},
    "api/v1/here/": {"here"},
    "api/v1/layers/<slug:slug>/distribution/": {"filter"},
    "api/v1/layers/<slug:slug>/export.csv": {"download"},
    "api/v1/layers/<slug:slug>/export.fgb": {"download"},
    "api/v1/layers/<slug:slug>/export.geojson": {"download"},
    "api/v1/layers/<slug:slug>/export/": {"filter"},
    "api/v1/networks/<str:family>/anomalies/": {"filter"},
    "api/v1/networks/sewer/trace": {"trace"},
    "api/v1/networks/water/isolation": {"trace"},
    "api/v1/networks/water/trace": {"trace"},
    "api/v1/networks/works/detour": {"trace"},
    "api/v1/parcels/<slug:idu>/sheet.pdf": {"pdf"},
    "api/v1/parcels/select.csv": {"parcels"},
    "api/v1/parcels/sheet.pdf": {"pdf"},
    "api/v1/parcels/sheet/": {"parcels"},
    "api/v1/parcels/sheets/": {"pdf"},
    "api/v1/search/": {"search"},
    "permis/<str:permit>/courriers/<int:letter_id>/<str:form>/": {"pdf"},
    "permis/export/": {"table"},
    "permis/registre/": {"list"},
    "permis/statistiques/": {"table"},
    "reseaux/anomalies/": {"filter"},
    "reseaux/coupures/<int:outage_id>/fiche.pdf": {"pdf"},
    "reseaux/hydrants/": {"filter"},
    "reseaux/importer/<int:import_id>/lignes.csv": {"table"},
    "reseaux/profil/": {"trace"},
    "reseaux/profil/pdf": {"pdf", "trace"},
    "reseaux/reparations/statistiques/": {"table"},
    "travaux/": {"list"},
    "travaux/<str:name>": {"list"},
    "travaux/arretes/": {"list"},
    "voirie/demandes/<int:request_id>/courriers/<int:letter_id>/<str:form>/": {"pdf"},
    "voirie/patrimoine/importer/<int:delivery_id>/lignes.csv": {"table"},
}

AT_HAND = {
    "administration/jsi18n/": "words of Django's own",
    "api/v1/layers/<slug:slug>/features/<int:feature_id>/attachments/<int:attachment_id>/": "kept",
    "api/v1/layers/<slug:slug>/schema/": "of one layer",
    "api/v1/layers/<slug:slug>/style.qml": "of one layer",
    "api/v1/parcels/sheets/<slug:sheet>.pdf": "kept",
    "api/v1/planning/files/<str:folder>/<str:name>": "kept",
    "api/v1/prints/<int:job_id>/file/": "kept",
    "imports/couches/<int:import_id>/rapport.csv": "the report is kept",
    "metrics": "for its token alone",
    "ogc/api": "of the catalogue",
    "ogc/collections/<slug:slug>/geojson-schema": "of one layer",
    "ogc/collections/<slug:slug>/items": "100 objects; more, or a filter, take a place",
    "ogc/collections/<slug:slug>/items/<str:feature_id>": "one object",
    "ogc/collections/<slug:slug>/queryables": "of one layer",
    "ogc/collections/<slug:slug>/schema": "of one layer",
    "ogc/collections/<slug:slug>/tiles/<pyramid>/<z>/<y>/<x>": "a tile",
    "permis/agenda/<str:secret>.ics": "the deadlines of one person",
    "permis/importer/<int:register_id>/lignes.csv": "the report is kept",
    "tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt": "a tile",
    "travaux/arretes/<int:order_id>.pdf": "kept",
    "voirie/demandes/<int:request_id>/pieces/<int:piece_id>/": "kept",
    "voirie/panneaux/<path:code>.svg": "one sign",
}
