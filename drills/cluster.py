"""The same drills against a cluster: load and judge from here, the fault by `drills/k8s/run`.

python -m drills.cluster --url https://pictures.example.com --only NAME [--jobs N] [--seconds S]

Says what clients saw; rows and objects of a cluster are not read from here.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")

from drills.availability import failures, reads_share, recovery_s
from drills.client import Addresses
from drills.faults._crowd import crowd, flooding
from drills.history import History
from drills.load import Load

RUN: Final = Path(__file__).parent / "k8s" / "run"
BEFORE_S: Final = 20.0
AFTER_S: Final = 60.0
CROWDS: Final = {
    "user-flood": lambda url: flooding(url, connections=16),
    "spike": lambda url: crowd(url, people=100),
}


def main() -> int:
    """Break what is asked for under load, and say what clients saw."""
    options = _options()
    if options.crowd:
        with CROWDS[options.crowd](options.url):
            time.sleep(options.seconds)
        return 0
    history = History(Path(tempfile.mkdtemp(prefix="drill-")) / "history.jsonl")
    load = Load(Addresses.behind(options.url), jobs=options.jobs, history=history, people=6)
    load.start()
    time.sleep(BEFORE_S)
    history.enter("during")
    environment = {**os.environ, "URL": options.url}
    command = ["sh", str(RUN), options.only, str(options.seconds)]
    status = subprocess.run(command, env=environment, check=False).returncode
    history.enter("after")
    time.sleep(AFTER_S)
    load.finish()
    is_over = load.wait()
    recovered = recovery_s(history.calls, history.marks["after"])
    _say(f"{options.only}: the fault {'was made' if status == 0 else f'ended with {status}'}")
    _say(f"{load.done} pictures published; reads answered: {reads_share(history.calls)}")
    _say(f"failures: {failures(history.calls) or 'none'}")
    _say(f"recovered: {'never' if recovered is None else f'{recovered:.1f} s'}")
    _say(f"history: {history.path}")
    return int(status != 0 or not is_over or recovered is None)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m drills.cluster")
    parser.add_argument("--url", required=True, help="where people come in")
    parser.add_argument("--only", default="", help="the drill; drills/k8s/run lists them")
    parser.add_argument("--jobs", type=int, default=1000, help="pictures at most")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long it stays broken")
    parser.add_argument("--crowd", choices=sorted(CROWDS), help="be the crowd of a drill alone")
    return parser.parse_args()


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
