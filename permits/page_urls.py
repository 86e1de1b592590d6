"""/permis/."""

from django.urls import path

from permits.pages import letters, procedure

urlpatterns = [
    path("<str:permit>/", procedure.procedure, name="permit"),
    path("<str:permit>/courriers/", letters.letter_list, name="permit_letters"),
    path("<str:permit>/courriers/<int:letter_id>/", letters.letter, name="permit_letter"),
    path("<str:permit>/courriers/<int:letter_id>/<str:form>/", letters.letter_file, name="permit_letter_file"),
]
