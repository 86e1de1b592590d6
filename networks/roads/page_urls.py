"""/voirie/."""

from django.urls import path

from networks.roads.pages import assets, assets_importing, home, importing, placing, road, studies

urlpatterns = [
    path("", home.home, name="roads"),
    path("routes/", home.route_list, name="road_routes"),
    path("routes/<str:road>/", road.road, name="road"),
    path("panneaux/<path:code>.svg", assets.sign, name="road_sign"),
    path("patrimoine/", assets.asset_list, name="road_assets"),
    *assets_importing.DESK.patterns("patrimoine/importer/"),
    path("patrimoine/<str:what>/nouveau/", placing.asset_new, name="road_asset_new"),
    path("patrimoine/<str:what>/<int:asset_id>/", assets.asset, name="road_asset"),
    path("patrimoine/<str:what>/<int:asset_id>/deplacer/", placing.asset_move, name="road_asset_move"),
    *importing.DESK.patterns("importer/"),
    path("couverture/", studies.study_list, name="coverage_studies"),
    path("couverture/<int:study>/", studies.study, name="coverage_study"),
]
