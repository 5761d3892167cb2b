"""What a cluster does by itself: restarts what has ended, and sends people to what is ready.

As the kubelet and a Service do, with the periods of the manifests: a program that ends is started
again, one that says that it is not ready gets no new connections, and a worker whose heartbeat has
stopped is ended.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3

from tests.servers.processes import Program
from tests.servers.proxy import Proxy

LOOK_S: Final = 0.2
RESTART_S: Final = 1.0
"""The kubelet starts a container again at once the first time; this is its look around."""
READY_PERIOD_S: Final = 5.0
READY_FAILURES: Final = 2
"""`readinessProbe` of deploy/k8s/parts/http-port."""
DRAIN_S: Final = 10.0
"""`preStop` of deploy/k8s/parts/http-port."""
GRACE_S: Final = 70.0
HEARTBEAT_S: Final = 60.0
HEARTBEAT_FAILURES_S: Final = 60.0
"""`livenessProbe` of deploy/k8s/roles/worker/common."""


@dataclass
class Instance:
    """One program of a role: a pod. A web role has a ``port``, a worker a ``heartbeat``."""

    name: str
    role: str
    make: Callable[[], Program]
    """The program with its variables as they are now: a restart reads them anew."""
    program: Program
    port: int = 0
    heartbeat: Path | None = None
    is_ready: bool = False
    is_held: bool = False
    starts: int = 0
    _failures: int = 0
    _asked_at: float = 0.0
    _ended_at: float = 0.0

    @property
    def pid(self) -> int:
        """The process that was started: a gunicorn arbiter, the parent of a worker."""
        if self.program.process is None:
            raise ProcessLookupError(f"{self.name} is not running")
        return self.program.process.pid

    def is_running(self) -> bool:
        """Whether its process is there."""
        return self.program.process is not None and self.program.process.poll() is None

    def is_in_use(self) -> bool:
        """Whether it runs and is ready; a scheduler says nothing of that."""
        says_so = self.is_ready or not (self.port or self.heartbeat)
        return self.is_running() and not self.is_held and says_so

    def start(self) -> None:
        """Start it; it gets no connections before it says that it is ready."""
        self.program = self.make()
        self.starts += 1
        self.is_ready, self._failures, self._asked_at, self._ended_at = False, 0, 0.0, 0.0
        self.program.start()

    def look(self, now: float) -> None:
        """One look at it, as the kubelet has them."""
        if not self.is_running():
            self.is_ready = False
            self._ended_at = self._ended_at or now
            if now - self._ended_at >= RESTART_S and not self.is_held:
                self.start()
        elif self.port:
            self._look_if_ready(now)
        elif self.heartbeat is not None:
            self._look_if_alive(now, self.heartbeat)

    def _look_if_ready(self, now: float) -> None:
        # Sooner until it is ready once: a startup probe asks every two seconds.
        period_s = READY_PERIOD_S if self.is_ready else 1.0
        if now - self._asked_at < period_s:
            return
        self._asked_at = now
        if self._says_ready():
            self.is_ready, self._failures = not self.is_held, 0
            return
        self._failures += 1
        if self._failures >= READY_FAILURES:
            self.is_ready = False

    def _says_ready(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.port}/readyz"
            return urllib3.request("GET", url, timeout=5.0, retries=False).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _look_if_alive(self, now: float, heartbeat: Path) -> None:
        try:
            age_s = time.time() - heartbeat.stat().st_mtime
        except FileNotFoundError:
            age_s = 0.0
        self.is_ready = heartbeat.with_name(f"{heartbeat.name}.ready").exists()
        if age_s > HEARTBEAT_S + HEARTBEAT_FAILURES_S and now - self._asked_at > GRACE_S:
            self._asked_at = now
            self.program.ask_to_end()


@dataclass
class Keeper:
    """Keeps every instance running until it ends itself; its Services know who is ready."""

    instances: dict[str, Instance] = field(default_factory=dict)
    services: dict[str, Proxy] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def serve(self, role: str) -> int:
        """The port of the Service of a role: each connection goes to one that is ready."""

        def chosen() -> int:
            ready = [one.port for one in self.of(role) if one.is_ready]
            if not ready:
                raise ConnectionRefusedError(f"not one {role} is ready")
            return random.choice(ready)

        self.services[role] = Proxy(chosen).start()
        return self.services[role].port

    def of(self, role: str) -> list[Instance]:
        """The instances of a role."""
        return [one for one in self.instances.values() if one.role == role]

    def keep(self, instance: Instance) -> None:
        """Start it and look after it from now on."""
        self.instances[instance.name] = instance
        instance.start()
        thread = threading.Thread(target=self._look_after, args=(instance,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def end(self) -> None:
        """Look after nobody any more, and end everything."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        for instance in self.instances.values():
            instance.program.ask_to_end()
        for instance in self.instances.values():
            instance.program.stop()
        for service in self.services.values():
            service.end()

    def delete(self, *names: str) -> None:
        """End these as a cluster ends a pod: nothing new for them, `preStop`, SIGTERM; all at once.

        Others are started in their place as soon as they have ended.
        """
        chosen = [self.instances[name] for name in names]
        for one in chosen:
            one.is_held, one.is_ready = True, False
        time.sleep(DRAIN_S if any(one.port for one in chosen) else 0)
        for one in chosen:
            one.program.ask_to_end()
        deadline = time.monotonic() + GRACE_S
        for one in chosen:
            while one.is_running() and time.monotonic() < deadline:
                time.sleep(LOOK_S)
            one.program.stop()
            one.is_held = False

    @contextmanager
    def down(self, *names: str) -> Iterator[None]:
        """Kill these with all their processes, and start none again for the block."""
        chosen = [self.instances[name] for name in names]
        for one in chosen:
            one.is_held, one.is_ready = True, False
        for one in chosen:
            one.program.kill()
        try:
            yield
        finally:
            for one in chosen:
                one.is_held = False

    def _look_after(self, instance: Instance) -> None:
        while not self._over.wait(LOOK_S):
            with suppress(ProcessLookupError):
                instance.look(time.monotonic())
