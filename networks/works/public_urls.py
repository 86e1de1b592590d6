"""/travaux/, for everybody."""

from django.urls import path

from networks.works.pages import public

urlpatterns = [
    path("", public.works, name="public_works"),
    path("<int:work_id>/", public.work, name="public_work"),
    path("<str:name>", public.feed, name="public_works_feed"),
]
