"""What a run writes into the temporary directory goes into one of its own, which goes with it.

Servers and roles that a test kills cannot tidy up after themselves. A plugin, for it has to come
before the settings and before everything that asks for the temporary directory.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

# One of several processes of a run has its directory in that of the one that started it.
_IS_PART: Final = "PYTEST_XDIST_WORKER" in os.environ
_MACHINES: Final = tempfile.gettempdir()
# A short name: sockets live below it, and their paths have 108 characters.
_RUNS: Final = Path(tempfile.mkdtemp(prefix="w-" if _IS_PART else "image-tests-"))
_RUNS.chmod(0o755)  # servers give up root
os.environ["TMPDIR"] = tempfile.tempdir = str(_RUNS)
# What tests got as tmp_path is kept for a look at it, as pytest does.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MACHINES)
# Registered before all others, so it runs after them: some write a last file when they end.
atexit.register(shutil.rmtree, _RUNS, ignore_errors=True)
