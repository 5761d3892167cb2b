"""What the caller has, and how the platform is."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.views import GatewayView
from gateway.openapi import Published
from gateway.permissions import caller_of, is_staff
from gateway.responses import StatusOut
from gateway.services.overview import overview_of
from gateway.services.status import board
from platform_site.kit.rest.descriptions import documented
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response

TAG = "platform"


class OverviewOut(serializers.Serializer[Any]):
    """What a first page shows. A part of a role named in `unavailable` is `null` or empty."""

    user = Published("AccountProfile", allow_null=True)
    usage = Published("Usage", allow_null=True)
    images = serializers.ListField(child=Published("Image"))
    jobs = serializers.ListField(child=Published("Job"))
    unavailable = serializers.ListField(child=serializers.CharField())


class Overview(GatewayView):
    """The first page of an application, in one call."""


@hot(Overview, documented("overview_get", tag=TAG, replies={200: OverviewOut()}))
def overview_get(read: HotRequest) -> HttpResponse:
    """Who you are, your usage, newest images and unfinished jobs.

    A role that gives no answer is named in `unavailable`; its parts are null or empty.
    """
    return json_response(overview_of(caller=caller_of(read)))


class StatusDetailView(GatewayView):
    """The state of the platform: a summary for anyone, the numbers for staff."""

    permission_classes = [AllowAny]

    @documented("status_get", tag=TAG, replies={200: StatusOut, 503: StatusOut}, anonymous=True)
    def get(self, request: Request) -> Response:
        """Each role and whether it does its work; 503 when one does not. Staff see the numbers.

        It is a few seconds old; what ended in a day, and what is stored, is counted within a
        minute.
        """
        status = board.status()
        seen = status if is_staff(request) else replace(status, links={}, detail=None)
        return Response(seen, status=200 if status.status == "ok" else 503)
