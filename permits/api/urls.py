"""/api/v1/permits/."""

from django.urls import path

from permits.api import views

urlpatterns = [
    path("permits/", views.PermitsView.as_view(), name="api_permits"),
    path("permits/<str:permit>/", views.PermitView.as_view(), name="api_permit"),
    path("permits/<str:permit>/timeline", views.TimelineView.as_view(), name="api_permit_timeline"),
    path("permits/<str:permit>/timeline/", views.SlashedTimelineView.as_view()),
    path("permits/<str:permit>/events/", views.EventsView.as_view(), name="api_permit_events"),
    path("permits/<str:permit>/events/<int:event_id>/strike/", views.StrikeView.as_view(), name="api_permit_strike"),
    path("permits/<str:permit>/applicant/", views.ApplicantView.as_view(), name="api_permit_applicant"),
]
