"""Writes every dashboard as JSON beside this package: ``python -m deploy.grafana.source``."""

from deploy.grafana.source.boards import BOARDS, DIRECTORY
from deploy.grafana.source.grafana import document

for board in BOARDS:
    (DIRECTORY / f"{board.name}.json").write_text(document(board))
