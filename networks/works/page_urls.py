"""/voirie/."""

from django.urls import path

from networks.works.pages import calendar, work

urlpatterns = [
    path("travaux/", calendar.calendar, name="works"),
    path("travaux/nouveau/", work.work_new, name="work_new"),
    path("travaux/<int:work_id>/", work.work, name="work"),
    path("travaux/<int:work_id>/modifier/", work.work_change, name="work_change"),
]
