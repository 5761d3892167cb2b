"""What images and auth answer, as documents."""

from typing import Any
from uuid import UUID

IMAGE_ID = UUID("0193a5c0-0000-7000-8000-000000000001")
JOB_ID = UUID("0193a5c0-0000-7000-8000-000000000002")
RENDITION_ID = UUID("0193a5c0-0000-7000-8000-000000000003")
HOST = "https://photos.example"
NOW = "2026-11-23T12:00:00Z"


def rendition(**changes: Any) -> dict[str, Any]:
    ops = {"width": 200, "height": 200, "fit": "inside", "format": "webp", "quality": 80}
    return {
        "id": str(RENDITION_ID),
        "spec": "thumb",
        "preset": "thumb",
        "ops": ops,
        "format": "webp",
        "width": 200,
        "height": 150,
        "bytes": 4321,
        "state": "ready",
        "url": f"{HOST}/i/k1/1900000000/sig/thumb/x.webp",
        "created_at": NOW,
        **changes,
    }


def image(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(IMAGE_ID),
        "state": "ready",
        "title": "Dogs",
        "tags": ["dog"],
        "filename": "dogs.jpg",
        "format": "jpeg",
        "width": 4000,
        "height": 3000,
        "bytes": 123456,
        "sha256": "ab" * 32,
        "placeholder": None,
        "animated": False,
        "has_alpha": False,
        "complete": True,
        "created_at": NOW,
        "updated_at": NOW,
        "trashed_at": None,
        "renditions": [rendition()],
        "links": {
            "self": f"{HOST}/api/v1/images/{IMAGE_ID}",
            "original": f"{HOST}/i/k1/1900000000/sig/original/x.jpg",
            "renditions": f"{HOST}/api/v1/images/{IMAGE_ID}/renditions",
        },
        "job": None,
        **changes,
    }


def job(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(JOB_ID),
        "image_id": str(IMAGE_ID),
        "kind": "render",
        "state": "queued",
        "progress": {"done": 0, "total": 8, "step": "queued"},
        "attempt": 0,
        "error": None,
        "result": None,
        "created_at": NOW,
        "started_at": None,
        "finished_at": None,
        **changes,
    }


def upload(**changes: Any) -> dict[str, Any]:
    return {"image": image(), "job": job(), "duplicate": False, **changes}


def page(*results: Any) -> dict[str, Any]:
    return {"results": list(results), "next": None, "previous": None}


def profile(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(IMAGE_ID),
        "email": "alice@example.com",
        "name": "Alice",
        "is_staff": False,
        "created_at": NOW,
        "deletion_due_at": None,
        **changes,
    }


def usage() -> dict[str, Any]:
    limits = {"limit_bytes": 5_000_000_000, "upload_max_bytes": 50_000_000}
    return {"bytes": 123456, "reserved_bytes": 0, "images": 1, **limits}


def images_status(**changes: Any) -> dict[str, Any]:
    worker = {
        "name": "w1",
        "last_seen_at": NOW,
        "alive": True,
        "concurrency": 2,
        "version": "0.1.0",
    }
    return {
        "version": "0.1.0",
        "queues": [{"name": "interactive", "depth": 3, "oldest_age_s": 1.5}],
        "workers": [worker],
        "storage": {"ok": True, "latency_ms": 2.5, "bytes": 1000, "images": 7},
        "database": {"ok": True},
        "broker": {"ok": True},
        "cache": {"ok": True},
        "jobs": {"queued": 3, "running": 1, "failed_24h": 0, "succeeded_24h": 9},
        **changes,
    }
