"""Writes the one place that says which version runs: ``make k8s-release VERSION=1.2.3``."""

import argparse
import re
import sys
from pathlib import Path
from typing import Final

PLACE: Final = Path("deploy/k8s/release/release.yaml")
# It becomes an image tag and the end of a Job's name, so it is narrower than either.
VERSION: Final = re.compile(r"\d+\.\d+\.\d+(-[a-z0-9]+(\.[a-z0-9]+)*)?")
DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


class BadRelease(Exception):
    """The version or a digest cannot be one; nothing was written."""


def released(text: str, version: str, digests: dict[str, str | None]) -> str:
    """``text`` for ``version``; an image with a digest is named by both. Raises `BadRelease`."""
    if not VERSION.fullmatch(version):
        raise BadRelease(f"{version!r} is no version like 1.2.3 or 1.2.3-rc.1")
    values = {"version": version, "job": version.replace(".", "-")}
    for image, digest in digests.items():
        if digest is not None and not DIGEST.fullmatch(digest):
            raise BadRelease(f"{digest!r} is no digest: sha256: and 64 hexadecimal digits")
        values[image] = f"{version}@{digest}" if digest else version
    for name, value in values.items():
        text, count = re.subn(rf'(?m)^  {name}: ".*"$', f'  {name}: "{value}"', text)
        if count != 1:
            raise BadRelease(f"{PLACE} has no line {name}")
    return text


def main() -> int:
    """Rewrite the release, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--app-digest", default=None, type=lambda word: word or None)
    parser.add_argument("--frontend-digest", default=None, type=lambda word: word or None)
    given = parser.parse_args()
    digests = {"app": given.app_digest, "frontend": given.frontend_digest}
    try:
        text = released(PLACE.read_text(encoding="utf-8"), given.version, digests)
    except BadRelease as exc:
        sys.stderr.write(f"Not released: {exc}\n")
        return 1
    PLACE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{PLACE} now says {given.version}. Build and push its images, then apply.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
