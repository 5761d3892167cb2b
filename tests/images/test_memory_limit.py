import subprocess
import sys

PROGRAM = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "platform_site.settings.test_embedded"
import django
django.setup()
from django.test import override_settings
from images.memory_limit import limit
with override_settings(WORKER_ADDRESS_SPACE_BYTES=2_000_000_000):
    limit()
try:
    bytearray(3_000_000_000)
except MemoryError:
    print("refused")
print(len(bytearray(50_000_000)))
"""


def test_a_child_cannot_map_more_than_its_ceiling() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["refused", "50000000"]
