"""Frontend and edge: nginx, what passes through it, and its certificate."""

from typing import Final

from deploy.grafana.source.panels import (
    GREEN,
    ORANGE,
    RED,
    Board,
    Panel,
    Query,
    Row,
    number,
    rate,
)

_NGINX: Final = Row(
    "nginx",
    (
        number(
            "nginx up",
            "Pods of the frontend whose nginx answers its exporter.",
            "short",
            "sum(nginx_up)",
            width=6,
            below=RED,
            steps=((1, GREEN),),
            runbook="roles.md#roledown",
        ),
        number(
            "Requests",
            "Requests each second, of pages, files and everything that is passed on.",
            "reqps",
            "sum(rate(nginx_http_requests_total[$__rate_interval]))",
            width=6,
            decimals=1,
        ),
        number(
            "Connections",
            "Connections that are open now; a pod takes about 2,000.",
            "short",
            "sum(nginx_connections_active)",
            width=6,
            decimals=0,
            steps=((1500, ORANGE), (3000, RED)),
            runbook="kubernetes.md#autoscaleratlimit",
        ),
        number(
            "Certificate",
            "Time until the certificate expires; it is renewed 30 days before.",
            "s",
            "min(certmanager_certificate_expiration_timestamp_seconds"
            '{namespace="image-platform"}) - time()',
            width=6,
            below=RED,
            steps=((7 * 86_400, ORANGE), (14 * 86_400, GREEN)),
            runbook="kubernetes.md#certificateexpires",
        ),
        Panel(
            "Requests by pod",
            "Requests each second that each nginx answered.",
            "reqps",
            (Query(rate("nginx_http_requests_total", "instance"), "{{instance}}"),),
            kind="areas",
        ),
        Panel(
            "Connections by state",
            "What open connections do: read a request, write an answer, or wait for the next.",
            "short",
            tuple(
                Query(f"sum(nginx_connections_{state})", state)
                for state in ("reading", "writing", "waiting")
            ),
            kind="areas",
            decimals=0,
            runbook="kubernetes.md#autoscaleratlimit",
        ),
        Panel(
            "Connections refused",
            "Connections that were accepted and not served each second: nginx has no slot left.",
            "ops",
            (
                Query(
                    "sum(rate(nginx_connections_accepted[$__rate_interval])) "
                    "- sum(rate(nginx_connections_handled[$__rate_interval]))",
                    "refused",
                ),
            ),
            steps=((0.1, RED),),
            runbook="kubernetes.md#autoscaleratlimit",
        ),
        Panel(
            "Behind nginx",
            "Requests each second that the roles answered; what nginx answers beyond them are "
            "pages.",
            "reqps",
            (
                Query("sum(rate(nginx_http_requests_total[$__rate_interval]))", "nginx"),
                Query(
                    rate(
                        "http_requests_total",
                        "role",
                        'role=~"auth|gateway|images",route!~"/internal.*"',
                    ),
                    "{{role}}",
                ),
            ),
        ),
    ),
)

BOARD: Final = Board(
    "edge",
    "Frontend and edge",
    "nginx before everything: requests, connections and the certificate.",
    (_NGINX,),
)
