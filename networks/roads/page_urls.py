"""/voirie/."""

from django.urls import path

from networks.roads.pages import home, studies

urlpatterns = [
    path("", home.home, name="roads"),
    path("couverture/", studies.study_list, name="coverage_studies"),
    path("couverture/<int:study>/", studies.study, name="coverage_study"),
]
