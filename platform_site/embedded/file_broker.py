"""Kombu's filesystem transport with atomic writes and reads, which keeps nothing that was read.

Kombu creates a message's file first and fills it afterwards; a consumer that looks often finds it
empty in between. Here the file gets its name when it is complete. Kombu also moves what it reads to
another directory, which it either never empties or shares with the whole machine. Here a reader
claims the file by renaming it where it is, and deletes it: what a killed worker had in hand is
sent again by the sweeper, as with every broker.
"""

from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads
from uuid_utils import compat


class Channel(filesystem.Channel):
    """A channel whose messages appear whole, oldest first."""

    def _put(  # type: ignore[override] # its two parents disagree about the name
        self, queue: str, payload: dict[str, Any], **_options: Any
    ) -> None:
        name = f"{compat.uuid7().hex}.{queue}.msg"
        folder = Path(self.data_folder_out)
        unfinished = folder / f".{name}.part"
        unfinished.write_bytes(dumps(payload).encode())
        unfinished.replace(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002
        for message in sorted(Path(self.data_folder_in).iterdir()):
            if message.name.partition(".")[2] != f"{queue}.msg":
                continue
            claimed = message.with_name(f".{message.name}.read")
            try:
                message.rename(claimed)
            except FileNotFoundError:  # another reader was quicker
                continue
            payload = claimed.read_bytes()
            claimed.unlink()
            return loads(payload)
        raise Empty


class Transport(filesystem.Transport):
    """The transport that uses it; named in the embedded settings."""

    Channel = Channel
