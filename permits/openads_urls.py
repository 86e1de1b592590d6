"""/openads/: the GIS contract of openADS; addresses without a slash at their end, as it calls them."""

from django.urls import path

from permits.api import openads
from permits.pages.openads import on_the_map

SERVICE = "services/<str:project>"

urlpatterns = [
    path("carte", on_the_map, name="openads_map"),
    path(f"{SERVICE}/parcelles/<str:parcels>", openads.ParcelsView.as_view(), name="openads_parcels"),
    path(f"{SERVICE}/communes/<str:insee>/contraintes", openads.CommuneView.as_view(), name="openads_commune"),
    path(f"{SERVICE}/dossiers/<str:dossier>/emprise", openads.ExtentView.as_view(), name="openads_extent"),
    path(f"{SERVICE}/dossiers/<str:dossier>/centroide", openads.CentroidView.as_view(), name="openads_centroid"),
    path(
        f"{SERVICE}/dossiers/<str:dossier>/contraintes", openads.ConstraintsView.as_view(), name="openads_constraints"
    ),
]
