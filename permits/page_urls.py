"""/permis/."""

from django.urls import path

from permits.pages import consulting, procedure, reminders

urlpatterns = [
    path("rappels/", reminders.reminders, name="permit_reminders"),
    path("agenda/<str:secret>.ics", reminders.calendar, name="permit_calendar"),
    path("<str:permit>/", procedure.procedure, name="permit"),
    path("<str:permit>/consultations/", consulting.consultations, name="consultations"),
    path("<str:permit>/consultations/<int:consultation>/", consulting.consultation, name="consultation"),
]
