"""/voirie/."""

from django.urls import path

from networks.roadworks.pages import calendar, detours, order_letters, requests, work

LETTER = "demandes/<int:request_id>/courriers/<int:letter_id>/"

urlpatterns = [
    path("travaux/", calendar.calendar, name="works"),
    path("travaux/nouveau/", work.work_new, name="work_new"),
    path("travaux/<int:work_id>/", work.work, name="work"),
    path("travaux/<int:work_id>/modifier/", work.work_change, name="work_change"),
    path("travaux/<int:work_id>/deviation/", detours.detour, name="work_detour"),
    path("demandes/", requests.request_list, name="road_requests"),
    path("demandes/nouvelle/", requests.new_request, name="road_request_new"),
    path("demandes/<int:request_id>/", requests.one_request, name="road_request"),
    path("demandes/<int:request_id>/pieces/", requests.add_documents, name="road_pieces"),
    path("demandes/<int:request_id>/pieces/<int:piece_id>/", requests.piece, name="road_piece"),
    path(LETTER, order_letters.letter, name="road_letter"),
    path(f"{LETTER}<str:form>/", order_letters.letter_file, name="road_letter_file"),
]
