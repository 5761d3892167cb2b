"""S3 over HTTP: VersityGW as a process, or the endpoint that ``S3_TEST_ENDPOINT`` names."""

import os
from pathlib import Path
from typing import Final

import boto3
from botocore.config import Config
from mypy_boto3_s3 import S3Client

from tests import needs
from tests.servers.ports import free_port, wait_for_port
from tests.servers.processes import Program
from tests.servers.versitygw import store_program

ACCESS_KEY = os.environ.get("S3_TEST_ACCESS_KEY_ID", "test-access-key")
SECRET_KEY = os.environ.get("S3_TEST_SECRET_ACCESS_KEY", "a-secret-key-for-tests-only")


class ObjectStore:
    """One bucket on one endpoint; a test may stop the server and start it again on its port."""

    def __init__(self, directory: Path, *, bucket: str) -> None:
        port = free_port()
        self.bucket = bucket
        self.endpoint = os.environ.get(needs.STORE_NAMED, f"http://127.0.0.1:{port}")
        self._port = port
        self._program: Program | None = None
        if needs.STORE_NAMED not in os.environ:
            self._program = store_program(directory, port=port, key_id=ACCESS_KEY, key=SECRET_KEY)

    def start(self) -> None:
        """Start the server and make the bucket, which may be there from before a `stop`."""
        if self._program is not None:
            self._program.start()
            wait_for_port(self._port)
        client = self.client()
        try:
            client.create_bucket(Bucket=self.bucket)
        except client.exceptions.BucketAlreadyOwnedByYou:
            return

    def stop(self) -> None:
        """End the server, as an outage does; its objects stay."""
        if self._program is not None:
            self._program.stop()

    def object_keys(self) -> set[str]:
        """The keys of every object in the bucket."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def client(self) -> S3Client:
        """A boto3 client with the test's credentials."""
        return client_of(self.endpoint, ACCESS_KEY, SECRET_KEY)


PLAIN: Final = Config(s3={"addressing_style": "path"}, signature_version="s3v4")
"""boto3's own ways but for the address."""


def client_of(endpoint: str, key_id: str, key: str, config: Config = PLAIN) -> S3Client:
    """A boto3 client of whoever has the key."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key_id,
        aws_secret_access_key=key,
        config=PLAIN.merge(config),
    )
