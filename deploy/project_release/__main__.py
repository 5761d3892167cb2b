"""``make release VERSION=1.2.3``."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from deploy.project_release import NotReleasedError, make


def main() -> int:
    """Make the release, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    version = parser.parse_args().version
    try:
        make(Path(), version, datetime.now(UTC).date())
    except NotReleasedError as exc:
        sys.stderr.write(f"Not released: {exc}\n")
        return 1
    sys.stdout.write(f"Committed and tagged v{version}. To publish: git push --follow-tags\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
