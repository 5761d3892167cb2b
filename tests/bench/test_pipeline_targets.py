"""The pipeline's targets are held by medians, and only where the peer is here."""

from typing import Any

from bench.pipeline_targets import verdicts


def report(*, times: float | None, upload_ms: float) -> dict[str, Any]:
    peer = {} if times is None else {"imgproxy": {"ours_over_theirs": {"median": times}}}
    return {
        "renditions": {"12 MP to 800 pixels": {"the platform": {}, **peer}},
        "upload": {"upload": {"all_ms": {"median": upload_ms}}},
    }


def test_a_rendition_is_held_beside_imgproxy() -> None:
    found = [one["met"] for one in verdicts(report(times=1.3, upload_ms=35.0))]
    assert found == [True, True]
    found = [one["met"] for one in verdicts(report(times=1.31, upload_ms=35.1))]
    assert found == [False, False]


def test_without_imgproxy_there_is_no_such_target() -> None:
    assert [one["what"] for one in verdicts(report(times=None, upload_ms=1.0))] == [
        "an upload of 5 MB: CPU of all web roles"
    ]
