"""The start page of the embedded role, for as long as no SPA has been built."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def start_page(request: HttpRequest) -> HttpResponse:
    """Where to go from here: the API's documentation and the admin."""
    return render(request, "start_page.html")
