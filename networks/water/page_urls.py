"""/reseaux/."""

from django.urls import path

from networks.water.pages import home, profile, repairs

urlpatterns = [
    path("", home.home, name="networks"),
    path("profil/", profile.profile, name="network_profile"),
    path("profil/pdf", profile.paper, name="network_profile_pdf"),
    path("reparations/", repairs.repairs, name="network_repairs"),
    path("reparations/nouvelle/", repairs.new_repair, name="network_repair_new"),
    path("reparations/statistiques/", repairs.statistics_page, name="network_repair_statistics"),
]
