"""`{% job_stop job %}`: the button that stops a job while it goes on, for who may. A builtin of all templates."""

from typing import Any

from django.template import Context, Library

from gis_core.http.middleware import rights_of_request
from gis_core.jobs.services import OPEN_STATES, may_stop
from gis_core.models import Job

register = Library()


@register.inclusion_tag("job_stop.html", takes_context=True)
def job_stop(context: Context, job: Job) -> dict[str, Any]:
    request = context["request"]
    offered = job.state in OPEN_STATES and may_stop(job, rights_of_request(request))
    return {"job": job, "offered": offered, "next": request.get_full_path(), "csrf_token": context.get("csrf_token")}
