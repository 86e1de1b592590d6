"""/api/v1/: who asks, tokens, members and their people, jobs."""

from django.urls import path

from gis_core.api import views

urlpatterns = [
    path("me/", views.MeView.as_view(), name="api_me"),
    path("tokens/", views.TokensView.as_view(), name="api_tokens"),
    path("tokens/<int:token_id>/", views.TokenView.as_view(), name="api_token"),
    path("members/", views.MembersView.as_view(), name="api_members"),
    path("members/<slug:slug>/", views.MemberView.as_view(), name="api_member"),
    path("members/<slug:slug>/people/", views.PeopleView.as_view(), name="api_people"),
    path("members/<slug:slug>/people/<int:membership_id>/", views.PersonView.as_view(), name="api_person"),
    path("jobs/", views.JobsView.as_view(), name="api_jobs"),
    path("jobs/<int:job_id>/", views.JobView.as_view(), name="api_job"),
    path("jobs/<int:job_id>/stop/", views.JobStopView.as_view(), name="api_job_stop"),
    path("jobs/<int:job_id>/report/", views.JobReportView.as_view(), name="api_job_report"),
]
