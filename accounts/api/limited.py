"""Views that answer without a token, and so are limited by the caller's address."""

from typing import Any, ClassVar

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rate_limits import Policy
from platform_site.kit.rest.hot_reads import AnyRequest, HotRequest
from platform_site.kit.rest.rate_limits import RateDecision, counted_address


class AddressLimitedView(APIView):
    """Open to everyone, as often as ``policy`` says; the reply tells what is left."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    policy: ClassVar[Policy]
    decision: RateDecision | None = None

    @classmethod
    def count(cls, request: AnyRequest) -> RateDecision:
        """Count one use by the caller's address. Raises `RateLimited`."""
        http = request.http if isinstance(request, HotRequest) else request
        decision = cls.policy.count(counted_address(http))
        decision.require()
        return decision

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count the request before anything looks at its body. Raises `RateLimited`."""
        super().initial(request, *args, **kwargs)
        self.decision = self.count(request)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """The reply with the limit's headers; a stricter limit that spoke already is kept."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        if self.decision is not None:
            for name, value in self.decision.headers.items():
                final.headers.setdefault(name, value)
        return final
