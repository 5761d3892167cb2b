"""All dashboards, in the order in which a person looks at them."""

from pathlib import Path
from typing import Final

from deploy.grafana.source import auth, data, edge, gateway, images, kubernetes, overview

DIRECTORY: Final = Path(__file__).resolve().parents[1]
BOARDS: Final = (
    overview.BOARD,
    gateway.BOARD,
    auth.BOARD,
    images.BOARD,
    edge.BOARD,
    data.BOARD,
    kubernetes.BOARD,
)
