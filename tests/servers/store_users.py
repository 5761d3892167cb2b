"""An S3 server whose users have policies: VersityGW beside its service of IAM."""

import json
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any, Final

import boto3
from mypy_boto3_s3 import S3Client

from tests.servers.ports import free_port, wait_for_port
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, client_of
from tests.servers.versitygw import iam_program, store_program

ALL: Final = json.dumps(
    {"Version": "2012-10-17",
     "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}]}
)  # fmt: skip
"""A policy that allows everything."""


class StoreWithUsers:
    """Its owner has the keys of the tests; `user` makes others, of whom it knows the policy."""

    def __init__(
        self,
        directory: Path,
        *,
        key_id: str = ACCESS_KEY,
        key: str = SECRET_KEY,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._host, self._port = host, port or free_port()
        self.endpoint = f"http://{host}:{self._port}"
        owner = {"key_id": key_id, "key": key}
        self._owner = owner
        self._iam_port = free_port()
        between = tempfile.mkdtemp(prefix="image-platform-iam-")  # a socket's path is short
        weakref.finalize(self, shutil.rmtree, between, ignore_errors=True)
        socket = Path(between) / "iam.sock"
        self._users = iam_program(directory, port=self._iam_port, socket=socket, **owner)
        self._store = store_program(
            directory, port=self._port, host=host, iam_socket=socket, key_id=key_id, key=key
        )

    def start_users(self) -> None:
        """Start what makes users, so that they are there before the store is."""
        if self._users.process is None:
            self._users.start()
            wait_for_port(self._iam_port)

    def start(self) -> None:
        """Start both."""
        self.start_users()
        self._store.start()
        wait_for_port(self._port, host=self._host)

    def stop(self) -> None:
        """End both; users and objects stay."""
        self._store.stop()
        self._users.stop()

    def user(self, name: str, policy: str) -> tuple[str, str]:
        """A user with that policy; the id of its key, and the key."""
        iam: Any = boto3.client(
            "iam",
            endpoint_url=f"http://127.0.0.1:{self._iam_port}",
            region_name="us-east-1",
            aws_access_key_id=self._owner["key_id"],
            aws_secret_access_key=self._owner["key"],
        )
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=policy)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    def client(self, key_id: str = "", key: str = "") -> S3Client:
        """A client of the owner, or of the user with that key."""
        return client_of(self.endpoint, key_id or self._owner["key_id"], key or self._owner["key"])
