"""/api/v1/simulations/, and what it adds to /api/v1/parcels/."""

from django.urls import path

from simulation.api import files, projects, views

PROJECT = "simulations/<int:project_id>/"
urlpatterns = [
    path("simulations/", projects.ProjectsView.as_view(), name="api_simulations"),
    path(PROJECT, projects.ProjectView.as_view(), name="api_simulation"),
    path("simulations/footprints", files.FootprintsView.as_view(), name="simulation_footprints"),
    path(f"{PROJECT}export", files.ExportView.as_view(), name="api_simulation_export"),
    path(f"{PROJECT}variants/<slug:letter>/", projects.VariantView.as_view(), name="api_simulation_variant"),
    path(f"{PROJECT}pictures", files.PicturesView.as_view(), name="api_simulation_pictures"),
    path(f"{PROJECT}versions/", projects.VersionsView.as_view(), name="api_simulation_versions"),
    path(f"{PROJECT}versions/<int:number>/restore/", projects.RestoreView.as_view(), name="api_simulation_restore"),
    path("simulations/check", views.CheckView.as_view(), name="simulation_check"),
    path("simulations/check/", views.SlashedCheckView.as_view()),
    path("simulations/scene", views.SceneView.as_view(), name="simulation_scene"),
    path("simulations/sun", views.SunView.as_view(), name="simulation_sun"),
    path("simulations/shadow", views.ShadowView.as_view(), name="simulation_shadow"),
    path("simulations/shadow/", views.SlashedShadowView.as_view()),
    path("simulations/nearby", views.NearbyView.as_view(), name="simulation_nearby"),
    path("parcels/<slug:idu>/sides/", views.SidesView.as_view(), name="parcel_sides"),
    path("parcels/<slug:idu>/envelope/", views.EnvelopeView.as_view(), name="parcel_envelope"),
]
