"""/simulations/<id>/insertion/: the insertion document of a variant, ordered."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from gis_core.desk.tabs import page
from gis_core.errors import Invalid
from gis_core.http.middleware import rights_of_request, signed_in_user
from simulation.pages.project_page import show_project
from simulation.services import insertions, projects


@require_POST
@page
@transaction.atomic
def order_insertion(request: HttpRequest, project_id: int) -> HttpResponse:
    """Have the insertion document of a variant made."""
    rights = rights_of_request(request)
    project = projects.project_seen_by(project_id, rights)
    projects.check_may_write(project, rights)
    try:
        given = request.POST.dict() | {"pictures": ",".join(request.POST.getlist("pictures"))}
        order = insertions.InsertionOrder.of(given, project)
        insertions.start_insertion(project, order, user=signed_in_user(request), rights=rights)
    except Invalid as error:
        return show_project(request, project, rights, {"insertion_refused": error.message}, 400)
    address = f"{reverse('simulation_project', args=[project.pk])}#insertion"
    return redirect(address)
