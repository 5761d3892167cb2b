"""``manage.py rollout COLOUR``: gives a release to a few first, and takes it back if it is worse.

``--status`` says where the last roll-out is, ``--revert`` sends everybody back at once.
"""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from platform_site.rollout.cluster import ClusterRefuses, SplitCluster
from platform_site.rollout.conduct import Patience, Rollout, history
from platform_site.rollout.preflight import Colour, Probe
from platform_site.rollout.prometheus import Prometheus
from platform_site.rollout.split import COLOURS, Split, SplitDirectory
from platform_site.rollout.steps import PLAN, Phase, Progress

DOCUMENT: Final = "docs/deploy.md, “Two colours”"
SPREAD_S: Final = 90.0
"""How long a ConfigMap may take to reach every pod: a kubelet looks each minute, give or take."""
UNFINISHED: Final = 2
"""The status of a roll-out that has not ended: a Job begins another pod, which goes on."""


class Command(BaseCommand):
    help = "Give a release to 1, 10, 50, then 100 % of people, and take it back if it is worse."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("colour", choices=COLOURS, help="the colour that is new")
        parser.add_argument("--status", action="store_true", help="say where it is, and do nothing")
        parser.add_argument("--revert", action="store_true", help="everybody back, at once")
        parser.add_argument("--dry-run", action="store_true", help="look at it; send nobody")
        parser.add_argument("--split", type=Path, help="directory that nginx reads (SPLIT_DIR)")
        parser.add_argument(
            "--cluster",
            action="store_true",
            help="in place of --split: by the API server",
        )
        parser.add_argument("--prometheus", default="http://localhost:9090", help="its address")
        parser.add_argument("--frontend", default="", help="address of the new colour's frontend")
        parser.add_argument(
            "--ready", action="append", default=[], help="address that says that a role is ready"
        )
        parser.add_argument("--warm-up", type=int, default=Patience.warm_up, help="reads before")
        parser.add_argument("--ready-within", type=float, default=Patience.ready_s, help="seconds")
        parser.add_argument("--pace", type=float, default=1.0, help="1: as planned; 0.5: in half")

    def handle(self, *_args: Any, colour: str, **options: Any) -> None:
        if options["split"] is None and not options["cluster"]:
            raise CommandError("--split is missing: the directory that nginx reads.")
        split = SplitCluster() if options["cluster"] else SplitDirectory(options["split"])
        try:
            self._handle(split, colour, options)
        except ClusterRefuses as exc:
            raise CommandError(str(exc), returncode=UNFINISHED) from exc

    def _handle(self, split: Split, colour: str, options: Mapping[str, Any]) -> None:
        old = next(one for one in COLOURS if one != colour)
        if options["status"]:
            kept = split.remembered()
            self.stdout.write(history(Progress.of_json(kept)) if kept else "There was no roll-out.")
            return
        rollout = self._rollout(split, options)
        if options["dry_run"]:
            self._look(rollout, colour, old)
        elif options["revert"]:
            rollout.revert(colour, old, "an operator asked for it")
            self._say(f"Everybody is sent to {old}.")
        else:
            self._roll_out(rollout, colour, old)

    def _rollout(self, split: Split, options: Mapping[str, Any]) -> Rollout:
        pace = options["pace"]
        return Rollout(
            split,
            Prometheus(options["prometheus"]),
            Probe(Colour(options["frontend"], options["ready"])),
            say=self._say,
            plan=tuple(replace(step, least_s=step.least_s * pace) for step in PLAN),
            patience=Patience(
                ready_s=options["ready_within"],
                warm_up=options["warm_up"],
                settle_s=Patience.settle_s * pace,
                look_every_s=Patience.look_every_s * pace,
                spread_s=SPREAD_S if options["cluster"] else 0.0,
            ),
        )

    def _look(self, rollout: Rollout, colour: str, old: str) -> None:
        if refusals := rollout.refusals(Progress(colour, old)):
            raise CommandError(f"{colour} would not be sent anybody: {'; '.join(refusals)}")
        self._say(f"Nothing stands against {colour}. Nobody was sent to it.")

    def _roll_out(self, rollout: Rollout, colour: str, old: str) -> None:
        ended = rollout.run(colour, old)
        if ended.phase == Phase.REVERTED:
            raise CommandError(f"{colour} was taken back. {ended.why}")
        self.stdout.write(
            self.style.SUCCESS(f"{colour} has everybody. {DOCUMENT} says what is next.")
        )

    def _say(self, words: str) -> None:
        self.stdout.write(f"{datetime.now(UTC):%H:%M:%S}  {words}")
        self.stdout.flush()
