"""/reseaux/avis/."""

from django.urls import path

from networks.notifications.pages import contacts, importing, notices

urlpatterns = [
    path("", notices.notice_list, name="notices"),
    path("nouveau/", notices.notice_new, name="notice_new"),
    path("contacts/", contacts.contact_list, name="contacts"),
    path("contacts/ajouter/", contacts.contact_new, name="contact_new"),
    path("contacts/importer/", importing.contact_import, name="contact_import"),
    path("contacts/importer/<int:import_id>/", importing.contact_import_report, name="contact_import_report"),
    path("contacts/importer/<int:import_id>/lignes.csv", importing.contact_import_findings, name="contact_import_csv"),
    path("contacts/journal/", contacts.contact_journal, name="contact_journal"),
    path("contacts/<int:contact_id>/", contacts.contact, name="contact"),
    path("reglages/<slug:slug>/", contacts.settings_page, name="notice_settings"),
    path("<int:notice_id>/", notices.notice, name="notice"),
    path("<int:notice_id>/fichiers/<str:name>/", notices.notice_file, name="notice_file"),
]
