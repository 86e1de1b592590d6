"""/voirie/."""

from django.urls import path

from networks.roads.pages import home, importing, studies

urlpatterns = [
    path("", home.home, name="roads"),
    path("routes/", home.numbered, name="road_routes"),
    path("importer/", importing.imports, name="road_import"),
    path("importer/<int:road_job>/", importing.road_import, name="road_import_page"),
    path("couverture/", studies.study_list, name="coverage_studies"),
    path("couverture/<int:study>/", studies.study, name="coverage_study"),
]
