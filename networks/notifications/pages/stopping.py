"""/avis/<token>/: who gets e-mails says here that they want no more. No account; the signed link is the right."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from networks.notifications.services.stopping import stop_by_link


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notice_stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks (programs that look at mails follow links), POST does it; mail programs send that too (RFC 8058)."""
    outcome = stop_by_link(token, closing=request.method == "POST")
    return render(request, "notifications/stop.html", {"told": outcome})
