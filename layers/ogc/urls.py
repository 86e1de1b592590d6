"""Addresses under /ogc/."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from layers.ogc import views

# Who writes by session owes a CSRF token all the same: Resource.stopped asks for it, and not from API tokens.
app_name = "ogc"
urlpatterns = [
    path("", csrf_exempt(views.LandingView.as_view()), name="landing"),
    path("api", csrf_exempt(views.ApiView.as_view()), name="api"),
    path("conformance", csrf_exempt(views.ConformanceView.as_view()), name="conformance"),
    path("collections", csrf_exempt(views.CollectionsView.as_view()), name="collections"),
    path("collections/<slug:slug>", csrf_exempt(views.CollectionView.as_view()), name="collection"),
    path("collections/<slug:slug>/schema", csrf_exempt(views.SchemaView.as_view()), name="schema"),
    path(
        "collections/<slug:slug>/geojson-schema",
        csrf_exempt(views.GeojsonSchemaView.as_view()),
        name="geojson_schema",
    ),
    path("collections/<slug:slug>/queryables", csrf_exempt(views.QueryablesView.as_view()), name="queryables"),
    path("collections/<slug:slug>/items", csrf_exempt(views.ItemsView.as_view()), name="items"),
    path("collections/<slug:slug>/items/<str:feature_id>", csrf_exempt(views.ItemView.as_view()), name="item"),
    path("<path:rest>/", csrf_exempt(views.SlashView.as_view()), name="slash"),
]
