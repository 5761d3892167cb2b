"""The pages of the embedded role: the SPA where it has been built, else a start page."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views import csrf
from django.views.decorators.csrf import csrf_exempt

from platform_site.kit.rest.exceptions import error_in_hand
from platform_site.kit.rest.problems import problem_attach, problem_response, refusal
from platform_site.kit.telemetry.request_context import current_request_id

METHODS: Final = ("GET", "HEAD")


@csrf_exempt  # what would be refused for want of a token is refused for its method
def page(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """The SPA for any of its URLs; a missing file stays missing."""
    if request.method not in METHODS:
        allowed = {"Allow": ", ".join(METHODS)}
        return problem_response(
            refusal(405, "method_not_allowed", "This method is not allowed here", headers=allowed),
            request,
        )
    if "." in path.rpartition("/")[2]:
        raise Http404
    index: Path = settings.FRONTEND_DIST / "index.html"
    if index.is_file():
        return FileResponse(
            index.open("rb"),
            content_type="text/html; charset=utf-8",
            headers={"Cache-Control": "no-cache"},  # it names the files of one release
        )
    if path:
        raise Http404
    return render(request, "start_page.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """``CSRF_FAILURE_VIEW``: a person in the admin reads a page, everybody else a problem."""
    if request.path.startswith("/admin/"):
        return csrf.csrf_failure(request, reason)
    return problem_response(refusal(403, "csrf_failed", "This is not allowed"), request)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """``handler500`` where the admin is: a page for a person, a problem for everybody else."""
    error = error_in_hand()
    if not request.path.startswith("/admin/"):
        return problem_response(error, request)
    # Without the request: what a page usually shows of it may be what is lost.
    page = render(
        None,
        "broken.html",
        {"error": error, "request_id": current_request_id()},
        status=error.status,
    )
    for name, value in error.headers.items():
        page.headers[name] = value
    problem_attach(page, error)
    return page
