"""/permis/."""

from django.urls import path

from permits.pages import (
    applicant,
    board,
    consulting,
    events,
    filing,
    importing,
    letters,
    mine,
    pieces,
    procedure,
    register,
    reminders,
    settings,
    tables,
)

TEAM = "reglages/<slug:slug>/equipes/<int:team_id>/"

urlpatterns = [
    path("", board.board, name="permits"),
    path("carte.geojson", board.shapes, name="permits_map"),
    path("export/", tables.export, name="permits_export"),
    path("statistiques/", tables.statistics_page, name="permit_statistics"),
    path("registre/", register.register, name="permit_register"),
    path("reglages/", settings.settings_list, name="permit_settings_list"),
    path("reglages/<slug:slug>/", settings.settings_page, name="permit_settings"),
    path("reglages/<slug:slug>/equipes/", settings.teams, name="permit_teams"),
    path(TEAM, settings.team_page, name="permit_team"),
    path(f"{TEAM}supprimer/", settings.team_remove, name="permit_team_remove"),
    path("deposer/", filing.file_new, name="permit_filing"),
    path("rappels/", reminders.reminders, name="permit_reminders"),
    path("agenda/<str:secret>.ics", reminders.calendar, name="permit_calendar"),
    path("importer/", importing.importing, name="permit_import"),
    path("importer/fichier/", importing.columns, name="permit_import_columns"),
    path("importer/<int:register_id>/", importing.report, name="permit_import_report"),
    path("importer/<int:register_id>/lignes.csv", importing.report_csv, name="permit_import_csv"),
    path("echeances.json", mine.deadlines, name="permit_deadlines"),
    path("demandeurs/", applicant.applicants, name="applicants"),
    path("journal/", applicant.journal, name="applicant_journal"),
    path("<str:permit>/", procedure.procedure, name="permit"),
    path("<str:permit>/modifier/", filing.change, name="permit_change"),
    path("<str:permit>/fiche/", procedure.freeze_now, name="permit_sheet"),
    path("<str:permit>/evenements/<int:event_id>/rayer/", events.strike_event, name="permit_strike"),
    path("<str:permit>/evenements/<str:what>/", events.record_event, name="permit_event"),
    path("<str:permit>/consultations/", consulting.consultations, name="consultations"),
    path("<str:permit>/consultations/<int:consultation>/", consulting.consultation, name="consultation"),
    path("<str:permit>/courriers/", letters.letter_list, name="permit_letters"),
    path("<str:permit>/courriers/<int:letter_id>/", letters.letter, name="permit_letter"),
    path("<str:permit>/courriers/<int:letter_id>/<str:form>/", letters.letter_file, name="permit_letter_file"),
    path("<str:permit>/pieces/", pieces.pieces, name="pieces"),
    path("<str:permit>/pieces/<int:piece>/", pieces.piece, name="piece"),
    path("<str:permit>/pieces/<int:piece>/retirer/", pieces.remove, name="piece_remove"),
    path("<str:permit>/demandeur/", applicant.applicant, name="applicant"),
]
