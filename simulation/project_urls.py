"""/simulations/."""

from django.urls import path

from simulation.pages import documents, insertions, projects, sharing

PROJECT = "<int:project_id>/"
urlpatterns = [
    path(PROJECT, projects.project_page, name="simulation_project"),
    path(f"{PROJECT}versions/<int:number>/", projects.version_page, name="simulation_version"),
    path(f"{PROJECT}versions/<int:number>/reprendre/", projects.restore, name="simulation_restore"),
    path(f"{PROJECT}archiver/", projects.archive, name="simulation_archive"),
    path(f"{PROJECT}insertion/", insertions.order_insertion, name="simulation_insertion"),
    path(f"{PROJECT}partage/", sharing.share, name="simulation_share"),
    path(f"{PROJECT}liens/", sharing.make_link, name="simulation_links"),
    path(f"{PROJECT}liens/<int:link_id>/fermer/", sharing.revoke_link, name="simulation_link_revoke"),
    path(f"{PROJECT}documents/", documents.add, name="simulation_documents"),
    path(f"{PROJECT}documents/<int:document_id>/", documents.download, name="simulation_document"),
    path(f"{PROJECT}documents/<int:document_id>/retirer/", documents.remove, name="simulation_document_remove"),
    path("lien/<str:secret>/", sharing.linked_page, name="simulation_linked"),
]
