"""/permis/."""

from django.urls import path

from permits.pages import events, filing, procedure

urlpatterns = [
    path("deposer/", filing.file_new, name="permit_filing"),
    path("<str:permit>/", procedure.procedure, name="permit"),
    path("<str:permit>/modifier/", filing.change, name="permit_change"),
    path("<str:permit>/fiche/", procedure.freeze_now, name="permit_sheet"),
    path("<str:permit>/evenements/<int:event_id>/rayer/", events.strike_event, name="permit_strike"),
    path("<str:permit>/evenements/<str:what>/", events.record_event, name="permit_event"),
]
