"""/permis/."""

from django.urls import path

from permits.pages import applicant, mine, pieces, procedure

urlpatterns = [
    path("echeances.json", mine.deadlines, name="permit_deadlines"),
    path("demandeurs/", applicant.applicants, name="applicants"),
    path("journal/", applicant.journal, name="applicant_journal"),
    path("<str:permit>/", procedure.procedure, name="permit"),
    path("<str:permit>/pieces/", pieces.pieces, name="pieces"),
    path("<str:permit>/pieces/<int:piece>/", pieces.piece, name="piece"),
    path("<str:permit>/pieces/<int:piece>/retirer/", pieces.remove, name="piece_remove"),
    path("<str:permit>/demandeur/", applicant.applicant, name="applicant"),
]
