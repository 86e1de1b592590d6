"""Addresses of the written pieces of planning documents and of the acts of easements."""

from django.urls import path

from layers.planning.api import views

urlpatterns = [
    path("planning/files/<str:folder>/<str:name>", views.PieceView.as_view(), name="planning_piece"),
]
