"""/api/v1/layers/{slug}/…, /api/v1/here/, /api/v1/search/, /api/v1/measure/, /api/v1/snap/, /api/v1/notices/."""

from django.urls import path

from layers.features.api import attaching, editing, views

urlpatterns = [
    path("layers/<slug:slug>/features/", views.FeaturesView.as_view(), name="features"),
    path("layers/<slug:slug>/features/<int:feature_id>/", views.FeatureView.as_view(), name="feature"),
    path("layers/<slug:slug>/features/<int:feature_id>/history/", editing.FeatureHistoryView.as_view()),
    path("layers/<slug:slug>/features/<int:feature_id>/restore/", editing.RestoreView.as_view()),
    path("layers/<slug:slug>/features/<int:feature_id>/split/", editing.SplitView.as_view()),
    path("layers/<slug:slug>/features/<int:feature_id>/attachments/", attaching.AttachmentsView.as_view()),
    path(
        "layers/<slug:slug>/features/<int:feature_id>/attachments/<int:attachment_id>/",
        attaching.AttachmentView.as_view(),
    ),
    path("layers/<slug:slug>/edits/", editing.EditsView.as_view()),
    path("layers/<slug:slug>/merge/", editing.MergeView.as_view()),
    path("layers/<slug:slug>/deleted/", editing.DeletedView.as_view()),
    path("layers/<slug:slug>/events/", editing.EventsView.as_view()),
    path("layers/<slug:slug>/schema/", editing.SchemaView.as_view()),
    path("layers/<slug:slug>/issues/", editing.IssuesView.as_view()),
    path("snap/", editing.SnapView.as_view()),
    path("notices/", editing.NoticesView.as_view()),
    path("notices/<int:notice_id>/", editing.NoticeView.as_view()),
    path("here/", views.HereView.as_view(), name="here"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("measure/", views.MeasureView.as_view(), name="measure"),
]
