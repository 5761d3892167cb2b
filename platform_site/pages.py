"""The pages of the embedded role: the SPA where it has been built, else a start page."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render


def page(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """The SPA for any of its addresses; a missing file stays missing."""
    if "." in path.rpartition("/")[2]:
        raise Http404
    index: Path = settings.FRONTEND_DIST / "index.html"
    if index.is_file():
        return FileResponse(index.open("rb"), content_type="text/html; charset=utf-8")
    if path:
        raise Http404
    return render(request, "start_page.html")
