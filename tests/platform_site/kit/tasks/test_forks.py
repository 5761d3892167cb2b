"""A child that is forked while a thread imports something can import it, too."""

import sys
from pathlib import Path
from subprocess import run

import pytest

from tests.servers.processes import ROOT

FORKED = """
import importlib, os, signal, sys, threading, time
from contextlib import nullcontext
import django
django.setup()
from platform_site.kit.tasks import forks
from platform_site.kit.tasks.metrics import GaugeCollector
from platform_site.kit.tasks.offers import WorkerGauges

sys.path.insert(0, sys.argv[1])
kind, forks.WAIT_S = sys.argv[2], float(sys.argv[3])
begun = threading.Event()

def report():
    begun.set()
    importlib.import_module("slow")

def bare():
    report()

def guarded():
    with forks.no_fork():
        report()

def status():
    from images.services import status
    status.ASK_S = 0.1  # the report is over while the question goes on
    def own():
        with forks.no_fork():
            status._asked({"slow": report})
    own()

def collector():
    list(GaugeCollector(WorkerGauges(report=report, gauges=lambda report: [])).collect())

thread = threading.Thread(target=globals()[kind])
thread.start()
begun.wait()
time.sleep(0.1)
child = os.fork()
if not child:
    signal.alarm(3)  # kills a child that hangs
    import slow
    if kind == "collector":
        collector()  # the guard is the child's own by now
    os._exit(0)
thread.join()
sys.exit(bool(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize(
    ("kind", "wait_s", "hangs"),
    [
        ("collector", 5.0, False),
        ("guarded", 5.0, False),
        ("status", 5.0, False),
        ("guarded", 0.1, True),
        ("bare", 5.0, True),
    ],
)
def test_a_child_can_import_what_a_thread_was_importing(
    tmp_path: Path, kind: str, wait_s: float, *, hangs: bool
) -> None:
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(1)\n")
    command = [sys.executable, "-c", FORKED, str(tmp_path), kind, str(wait_s)]
    done = run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (int(hangs), "")
