"""Kubernetes resources: pods, what they use of what they may, autoscalers and volumes."""

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
)

_HERE: Final = 'namespace=~"image-platform|monitoring"'
_STEP: Final = "[$__rate_interval]"
_CONTAINERS: Final = f'{_HERE},container!="",container!="POD"'

_PODS: Final = Row(
    "Pods",
    (
        number(
            "Pods ready",
            "Share of the pods that are ready to serve.",
            "percentunit",
            f'sum(kube_pod_status_ready{{{_HERE},condition="true"}}) '
            f'/ sum(kube_pod_status_phase{{{_HERE},phase=~"Running|Pending"}})',
            width=6,
            below=RED,
            steps=((0.8, ORANGE), (1, GREEN)),
            runbook="kubernetes.md#replicasmissing",
        ),
        number(
            "Replicas missing",
            "Pods that Deployments want and do not have.",
            "short",
            f"sum(kube_deployment_spec_replicas{{{_HERE}}}) - "
            f"sum(kube_deployment_status_replicas_available{{{_HERE}}})",
            width=6,
            steps=((1, ORANGE), (3, RED)),
            runbook="kubernetes.md#replicasmissing",
        ),
        number(
            "Restarts in an hour",
            "Containers that were started again in the last hour.",
            "short",
            f"sum(increase(kube_pod_container_status_restarts_total{{{_HERE}}}[1h]))",
            width=6,
            decimals=0,
            steps=((1, ORANGE), (5, RED)),
            runbook="kubernetes.md#podrestarts",
        ),
        number(
            "Fullest volume",
            "Share of the fullest volume that is in use.",
            "percentunit",
            f"max(1 - kubelet_volume_stats_available_bytes{{{_HERE}}} / "
            f"kubelet_volume_stats_capacity_bytes{{{_HERE}}})",
            width=6,
            decimals=1,
            steps=((0.7, ORANGE), (0.85, RED)),
            runbook="data.md#volumefillsup",
        ),
        Panel(
            "Processor",
            "Cores in use, by pod.",
            "short",
            (
                Query(
                    "sum by (pod) "
                    f"(rate(container_cpu_usage_seconds_total{{{_CONTAINERS}}}[$__rate_interval]))",
                    "{{pod}}",
                ),
            ),
            kind="areas",
            decimals=2,
            runbook="kubernetes.md#autoscaleratlimit",
        ),
        Panel(
            "Processor of what was asked for",
            "Use as a share of the request. The autoscaler adds pods above 70 %.",
            "percentunit",
            (
                Query(
                    "sum by (pod) "
                    f"(rate(container_cpu_usage_seconds_total{{{_CONTAINERS}}}[$__rate_interval])) "
                    "/ sum by (pod) "
                    f'(kube_pod_container_resource_requests{{{_HERE},resource="cpu"}})',
                    "{{pod}}",
                ),
            ),
            steps=((0.7, ORANGE), (1, RED)),
            runbook="kubernetes.md#autoscaleratlimit",
        ),
        Panel(
            "Memory of the limit",
            "Memory in use as a share of the limit; at 100 % the kernel ends the container.",
            "percentunit",
            (
                Query(
                    f"sum by (pod) (container_memory_working_set_bytes{{{_CONTAINERS}}}) "
                    "/ sum by (pod) "
                    f'(kube_pod_container_resource_limits{{{_HERE},resource="memory"}})',
                    "{{pod}}",
                ),
            ),
            steps=((0.8, ORANGE), (0.95, RED)),
            highest=1,
            runbook="kubernetes.md#podrestarts",
        ),
        Panel(
            "Processor withheld",
            "Share of the time in which a container was held back by its limit.",
            "percentunit",
            (
                Query(
                    "sum by (pod) "
                    f"(rate(container_cpu_cfs_throttled_periods_total{{{_CONTAINERS}}}{_STEP})) "
                    "/ sum by (pod) "
                    f"(rate(container_cpu_cfs_periods_total{{{_CONTAINERS}}}{_STEP}))",
                    "{{pod}}",
                ),
            ),
            steps=((0.1, ORANGE), (0.3, RED)),
            highest=1,
            runbook="latency.md#latencyburnsfast",
        ),
    ),
)

_SCALING: Final = Row(
    "Scaling, network and volumes",
    (
        Panel(
            "Autoscalers",
            "Pods of the most that each autoscaler may run.",
            "percentunit",
            (
                Query(
                    "max by (horizontalpodautoscaler) "
                    "(kube_horizontalpodautoscaler_status_current_replicas"
                    '{namespace="image-platform"}) / max by (horizontalpodautoscaler) '
                    '(kube_horizontalpodautoscaler_spec_max_replicas{namespace="image-platform"})',
                    "{{horizontalpodautoscaler}}",
                ),
            ),
            steps=((0.8, ORANGE), (1, RED)),
            width=8,
            highest=1,
            runbook="kubernetes.md#autoscaleratlimit",
        ),
        Panel(
            "Network",
            "Bytes each second, received above and sent below zero.",
            "Bps",
            (
                Query(
                    "sum by (pod) "
                    f"(rate(container_network_receive_bytes_total{{{_HERE}}}[$__rate_interval]))",
                    "{{pod}} in",
                ),
                Query(
                    "-sum by (pod) "
                    f"(rate(container_network_transmit_bytes_total{{{_HERE}}}[$__rate_interval]))",
                    "{{pod}} out",
                ),
            ),
            width=8,
            lowest=None,
        ),
        Panel(
            "Volumes",
            "Share of each volume that is in use.",
            "percentunit",
            (
                Query(
                    f"1 - kubelet_volume_stats_available_bytes{{{_HERE}}} / "
                    f"kubelet_volume_stats_capacity_bytes{{{_HERE}}}",
                    "{{persistentvolumeclaim}}",
                ),
            ),
            steps=((0.7, ORANGE), (0.85, RED)),
            width=8,
            highest=1,
            runbook="data.md#volumefillsup",
        ),
    ),
)

BOARD: Final = Board(
    "kubernetes",
    "Kubernetes resources",
    "Pods, what they use of what they may, autoscalers and volumes.",
    (_PODS, _SCALING),
)
