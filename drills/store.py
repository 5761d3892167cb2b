"""The object store of a drill, with the user that the Job `bucket` makes and no more rights."""

import json
from pathlib import Path
from typing import Final

from tests.servers.ports import free_port
from tests.servers.processes import ROOT
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, ObjectStore
from tests.servers.versitygw import administer, store_program

RIGHTS: Final = ROOT / "deploy" / "k8s" / "data" / "minio" / "images.json"
ID: Final = "s3-access-key-id"
KEY: Final = "s3-secret-access-key"


class DrillStore(ObjectStore):
    """A server whose owner is the drill; the roles are users of it."""

    def __init__(self, directory: Path, *, bucket: str) -> None:
        super().__init__(directory, bucket=bucket)
        users = directory / "users"
        users.mkdir()
        self._port = free_port()
        self.endpoint = f"http://127.0.0.1:{self._port}"
        self._program = store_program(
            directory, port=self._port, key_id=ACCESS_KEY, key=SECRET_KEY, users=users
        )
        self._made: dict[str, str] = {}

    def users_make(self, secrets: Path) -> None:
        """As the Job: make the user of the files, and the other one while there is one.

        An other one without a key is to be gone. It may run again.
        """
        said = {name: (secrets / name).read_text().strip() for name in _names()}
        wanted = {said[f"{prefix}{ID}"]: said[f"{prefix}{KEY}"] for prefix in ("", "other-")}
        wanted = {name: key for name, key in wanted.items() if name and key}
        for name, key in wanted.items():
            if name not in self._made:
                self._administer("create-user", "--access", name, "--secret", key, "--role", "user")
        rights = json.loads(RIGHTS.read_text())
        for statement in rights["Statement"]:
            statement["Principal"] = {"AWS": list(wanted)}
        self.client().put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(rights))
        for name in self._made.keys() - wanted.keys():
            self._administer("delete-user", "--access", name)
        self._made = wanted

    def _administer(self, *words: str) -> None:
        administer(self.endpoint, *words, key_id=ACCESS_KEY, key=SECRET_KEY)


def _names() -> list[str]:
    return [f"{prefix}{name}" for prefix in ("", "other-") for name in (ID, KEY)]
