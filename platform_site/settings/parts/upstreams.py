"""Where the other roles are, and the credential that this one shows them."""

from platform_site.kit import env

from .images_upstream import *

UPSTREAMS = {
    "auth": env.server_url(
        "AUTH_URL",
        "http",
        "https",
        "inprocess",
        about="URL of the role auth inside the deployment.",
    ),
    **UPSTREAMS,
}
SERVICE_CLIENT_ID = env.text(
    "SERVICE_CLIENT_ID",
    "gateway",
    about="Client id under which the role asks auth for a service token.",
)
SERVICE_CLIENT_SECRET = env.secret(
    "SERVICE_CLIENT_SECRET", about="Secret with which the role asks auth for a service token."
)
GATEWAY_READS_PER_MINUTE = env.integer(
    "GATEWAY_READS_PER_MINUTE", 6_000, about="Reading requests a minute that one caller may make."
)
GATEWAY_WRITES_PER_MINUTE = env.integer(
    "GATEWAY_WRITES_PER_MINUTE", 600, about="Changing requests a minute that one caller may make."
)
GRAFANA_URL = env.text(
    "GRAFANA_URL",
    "",
    about="URL of Grafana for the links of the system page; empty shows none.",
)
