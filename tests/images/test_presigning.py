"""Presigned URLs, compared with those of botocore byte by byte."""

from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.auth
import pytest
from botocore.config import Config

from images.presigning import Presigner

NOON = datetime(2026, 11, 27, 12, 0, 5, tzinfo=UTC)
KEY = "renditions/01890000-0000-7000-8000-000000000000/w_200,h_200,fit_inside,q_82.jpg"


def of_botocore(signer: Presigner, key: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: now)
    client: Any = boto3.client(
        "s3",
        endpoint_url=signer.endpoint_url,
        aws_access_key_id=signer.key_id,
        aws_secret_access_key=signer.secret,
        region_name=signer.region,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    url: str = client.generate_presigned_url(
        "get_object", Params={"Bucket": signer.bucket, "Key": key}, ExpiresIn=60
    )
    return url.removeprefix(signer.endpoint_url.rstrip("/"))


def signer_at(endpoint_url: str, region: str = "us-east-1") -> Presigner:
    return Presigner(endpoint_url, "images", region, "AKIA/with+odd=~characters", "a/secret+of=40")


@pytest.mark.parametrize("key", [KEY, "originals/a b+c&d=e%2f~é", "originals/(x)!*'"])
@pytest.mark.parametrize(
    "endpoint",
    [
        "http://store.internal:9000",
        "http://store.internal:80",
        "https://store.example",
        "https://store.example:443/",
        "https://store.example:8443",
        "http://127.0.0.1:9000",
        "http://[fd00::1]:9000",
    ],
)
def test_an_address_is_the_one_that_botocore_makes(
    endpoint: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = signer_at(endpoint)
    expected = of_botocore(signer, key, NOON, monkeypatch)
    assert signer.target(key, lifetime_s=60, now_s=NOON.timestamp()) == expected


def test_each_day_region_and_secret_has_its_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = datetime(2026, 11, 28, tzinfo=UTC)
    for signer in (
        signer_at("http://store:9000"),
        signer_at("http://store:9000", "eu-central-1"),
        Presigner("http://store:9000", "images", "us-east-1", "AKIA", "another"),
    ):
        for now in (NOON, midnight, NOON):
            expected = of_botocore(signer, KEY, now, monkeypatch)
            assert signer.target(KEY, lifetime_s=60, now_s=now.timestamp()) == expected


def test_a_store_below_a_path_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = signer_at("https://store.example/s3/")
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOON)
    whole = of_botocore(signer, KEY, NOON, monkeypatch)
    assert signer.target(KEY, lifetime_s=60, now_s=NOON.timestamp()) == f"/s3{whole}"


def test_the_secret_is_in_no_repr() -> None:
    assert "a/secret" not in repr(signer_at("http://store:9000"))
