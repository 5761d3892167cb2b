"""`make k8s-measure` starts its platform in a shell that names no settings."""

import pytest

from tests.platform_site.roles import python

pytestmark = pytest.mark.processes

# As far as the users of Redis, which the harness reads from the settings: the rest takes minutes.
BEGINNING = """
import sys
from contextlib import nullcontext
from platform_site import redis_users
from tests.deploy import measure

def platform_begun(*arguments, **options):
    print(*redis_users.rules("broker"))
    sys.exit()

measure.postgresql = nullcontext
measure.monitored_platform = platform_begun
measure.main()
"""


def test_the_measurement_brings_the_settings_that_its_platform_reads() -> None:
    done = python("-c", BEGINNING, environment={})
    assert done.returncode == 0, done.stderr
    assert {"images", "worker"} <= set(done.stdout.split())
