"""Third-party images get the digests that the registry says, once."""

from pathlib import Path

import pytest

from deploy.k8s.tools import pin_images
from tests.deploy.workspace import MANIFESTS, ROOT, program

DIGEST = f"sha256:{'ab' * 32}"


def test_every_third_party_image_is_pinned_once_and_our_own_are_not() -> None:
    asked: list[str] = []

    def digest_of(name: str) -> str:
        asked.append(name)
        return DIGEST

    for file in pin_images.files([str(MANIFESTS), str(ROOT / "Dockerfile")]):
        once = pin_images.pinned(file.read_text(), digest_of)
        assert pin_images.pinned(once, digest_of) == once
    names = {name.partition(":")[0] for name in asked}
    assert names >= {
        "postgres", "quay.io/prometheuscommunity/postgres-exporter", "redis",
        "oliver006/redis_exporter", "pgsty/silo", "nginx/nginx-prometheus-exporter",
        "python", "node", "nginx",
    }  # fmt: skip


def test_a_digest_is_what_the_registry_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "skopeo", f'[ "$4" = docker://redis:7 ] && echo {DIGEST}')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert pin_images.ask("redis:7") == DIGEST
    with pytest.raises(pin_images.NoDigest, match="skopeo says"):
        pin_images.ask("redis:8")
