"""Bytes that nginx keeps for a minute say nothing of whether their image is still there."""

from dataclasses import replace

from drills.judge import judge
from tests.drills.runs import Model

CACHE_S = 60.0


def test_kept_bytes_of_a_deleted_image_do_not_say_that_it_was_there() -> None:
    run = Model()
    uploaded = run.call("upload", "alice", key="one")
    assert uploaded.image is not None
    run.tick(uploaded.image)
    run.tick(uploaded.image)
    seen = run.call("deliver", "alice", image=uploaded.image)
    run.call("delete", "alice", image=uploaded.image)
    run.now += 1.0
    kept = replace(seen, call=len(run.calls), invoked_at=run.now, ended_at=run.now + 0.1)
    run.calls.append(kept)
    run.call("list", "alice")
    truth = run.truth()
    assert judge(run.calls, truth, delivery_cache_s=CACHE_S).is_good
    assert not judge(run.calls, truth, delivery_cache_s=0).is_good
