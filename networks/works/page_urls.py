"""/voirie/."""

from django.urls import path

from networks.works.pages import detours, order_letters, requests

urlpatterns = [
    path("travaux/<int:work_id>/deviation/", detours.detour, name="work_detour"),
    path("demandes/", requests.request_list, name="road_requests"),
    path("demandes/nouvelle/", requests.new_request, name="road_request_new"),
    path("demandes/<int:request_id>/", requests.one_request, name="road_request"),
    path("demandes/<int:request_id>/pieces/", requests.pieces, name="road_pieces"),
    path("demandes/<int:request_id>/pieces/<int:piece_id>/", requests.piece, name="road_piece"),
    path("demandes/<int:request_id>/courriers/<int:letter_id>/", order_letters.letter, name="road_letter"),
    path("demandes/<int:request_id>/courriers/<int:letter_id>/<str:form>/", order_letters.letter_file,
         name="road_letter_file"),
]  # fmt: skip
