"""/travaux/, for everybody."""

from django.urls import path

from networks.roadworks.pages import public, public_orders, public_work

urlpatterns = [
    path("", public.works, name="public_works"),
    path("<int:work_id>/", public_work.work, name="public_work"),
    path("arretes/", public_orders.order_list, name="public_orders"),
    path("arretes/<int:order_id>.pdf", public_orders.order_file, name="public_order"),
    path("<str:name>", public.feed, name="public_works_feed"),
]
