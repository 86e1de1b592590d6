"""Addresses under /ogc/ of OGC API Tiles."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tiles import ogc

# Nothing is written here: what another method asks for is refused, without asking for a form's token before.
app_name = "ogc_tiles"
HERE = "collections/<slug:slug>/tiles"
urlpatterns = [
    path("tileMatrixSets", csrf_exempt(ogc.PyramidsView.as_view()), name="pyramids"),
    path("tileMatrixSets/<pyramid>", csrf_exempt(ogc.PyramidView.as_view()), name="pyramid"),
    path(HERE, csrf_exempt(ogc.TilesetsView.as_view()), name="tilesets"),
    path(f"{HERE}/<pyramid>", csrf_exempt(ogc.TilesetView.as_view()), name="tileset"),
    path(f"{HERE}/<pyramid>/<z>/<y>/<x>", csrf_exempt(ogc.TileView.as_view()), name="tile"),
]
