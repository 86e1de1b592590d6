"""/travaux/, for everybody."""

from django.urls import path

from networks.works.pages import public_orders

urlpatterns = [
    path("arretes/", public_orders.order_list, name="public_orders"),
    path("arretes/<int:order_id>.pdf", public_orders.order_file, name="public_order"),
]
