"""S3 over HTTP: moto's server as a process, or the endpoint that ``S3_TEST_ENDPOINT`` names."""

import os
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from mypy_boto3_s3 import S3Client

from tests.servers.ports import free_port, wait_for_port
from tests.servers.processes import Program

ACCESS_KEY = os.environ.get("S3_TEST_ACCESS_KEY_ID", "test-access-key")
SECRET_KEY = os.environ.get("S3_TEST_SECRET_ACCESS_KEY", "a-secret-key-for-tests-only")


class ObjectStore:
    """One bucket on one endpoint; a test may stop the server and start it again on its port."""

    def __init__(self, directory: Path, *, bucket: str) -> None:
        port = free_port()
        self.bucket = bucket
        self.endpoint = os.environ.get("S3_TEST_ENDPOINT", f"http://127.0.0.1:{port}")
        self._port = port
        self._program: Program | None = None
        if "S3_TEST_ENDPOINT" not in os.environ:
            command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
            self._program = Program("s3", command, {}, directory)

    def start(self) -> None:
        """Start the server and make the bucket."""
        if self._program is not None:
            self._program.start()
            wait_for_port(self._port)
        self.client().create_bucket(Bucket=self.bucket)

    def stop(self) -> None:
        """End the server, as an outage does. Moto keeps objects in memory: they are gone."""
        if self._program is not None:
            self._program.stop()

    def object_keys(self) -> set[str]:
        """The keys of every object in the bucket."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def client(self) -> S3Client:
        """A boto3 client with the test's credentials."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
        )
