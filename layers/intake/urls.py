"""/imports/: files that become layers, reference data, and the reports of both."""

from django.urls import path

from layers.intake import pages, publish_pages

urlpatterns = [
    path("", pages.imports, name="imports"),
    path("<int:job_id>/", pages.report, name="import_report"),
    path("fichiers/", publish_pages.send, name="delivery_send"),
    path("fichiers/<int:delivery_id>/", publish_pages.delivery, name="delivery"),
    path("fichiers/<int:delivery_id>/oublier/", publish_pages.discard, name="delivery_discard"),
    path("fichiers/<int:delivery_id>/<int:number>/", publish_pages.delivery_layer, name="delivery_layer"),
    path("fichiers/<int:delivery_id>/<int:number>/nouvelle/", publish_pages.new_layer, name="import_new_layer"),
    path("fichiers/<int:delivery_id>/<int:number>/existante/", publish_pages.existing_layer, name="import_existing"),
    path("couches/<int:import_id>/", publish_pages.layer_import, name="layer_import"),
    path("couches/<int:import_id>/appliquer/", publish_pages.apply, name="layer_import_apply"),
    path("couches/<int:import_id>/verifier/", publish_pages.try_again, name="layer_import_again"),
    path("couches/<int:import_id>/reprendre/", publish_pages.confirm_revert, name="layer_import_take_back"),
    path("couches/<int:import_id>/rapport.json", publish_pages.report_json, name="layer_import_json"),
    path("couches/<int:import_id>/rapport.csv", publish_pages.report_csv, name="layer_import_csv"),
]
