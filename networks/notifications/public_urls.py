"""/avis/, for everybody."""

from django.urls import path

from networks.notifications.pages import stopping

urlpatterns = [path("<str:token>/", stopping.notice_stop, name="notice_stop")]
