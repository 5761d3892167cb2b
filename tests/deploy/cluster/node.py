"""One node: runs the pods of a render by their own manifests, each in a network of its own.

What a cluster would do and no offline check sees: read-only roots, user ids, Secrets as files with
their mode, writable directories, start order, probes by path and port, names by DNS.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import urllib3

from deploy.k8s.tools.objects import Object, Pod, named, of_kind, selects
from tests.deploy.cluster import containers
from tests.servers.names import name_server

BRIDGE: Final = "image-platform"
SUBNET: Final = "10.88.213"
SEARCH: Final = "search image-platform.svc.cluster.local svc.cluster.local cluster.local"
LAUNCH: Final = Path(__file__).with_name("launch.py")


def run(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program of the machine."""
    return subprocess.run(command, check=check, capture_output=True, text=True)


@dataclass
class Running:
    """A pod that runs: its address and its processes by container."""

    pod: Pod
    name: str
    address: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def main(self) -> subprocess.Popen[bytes]:
        """The process of the first container."""
        return self.processes[self.pod.spec["containers"][0]["name"]]


class Node:
    """A bridge, a name server and the pods on it. Everything ends with `stop`."""

    def __init__(self, rendered: list[Object], images: Mapping[str, Path], directory: Path) -> None:
        self.rendered = rendered
        self.directory = directory
        self.running: dict[str, Running] = {}
        self._images = images
        self._next = 10
        run("ip", "link", "add", BRIDGE, "type", "bridge")
        run("ip", "address", "add", f"{SUBNET}.1/24", "dev", BRIDGE)
        run("ip", "link", "set", BRIDGE, "up")
        self._until_stopped = ExitStack()
        self.names = self._until_stopped.enter_context(name_server(f"{SUBNET}.1", 53))

    def elsewhere(self, service: str, last: int) -> str:
        """Give the machine itself another address, for a Service that is not run as a pod."""
        address = f"{SUBNET}.{last}"
        run("ip", "address", "add", f"{address}/24", "dev", BRIDGE)
        self.names.addresses[f"{service}.image-platform.svc.cluster.local"] = [address]
        return address

    def start(self, workload: Object, *containers: str) -> Running:
        """Run the pod's init containers to their end, then its containers (or only the named)."""
        pod = Pod(workload)
        name = workload["metadata"]["name"]
        running = Running(pod, name, self._network(name))
        self.running[name] = running
        self._volumes(running)
        for container in pod.spec.get("initContainers", []):
            self._launch(running, container).wait(timeout=120)
            self._ended_well(running, container["name"])
        for container in pod.spec["containers"]:
            if not containers or container["name"] in containers:
                self._launch(running, container)
        for service in of_kind(self.rendered, "Service"):
            selector = {"matchLabels": service["spec"]["selector"]}
            if selects(selector, pod.labels):
                full = f"{service['metadata']['name']}.image-platform.svc.cluster.local"
                self.names.addresses[full] = [running.address]
        return running

    def complete(self, workload: Object) -> str:
        """Run a Job's pod to its end and return what it said; fails when it fails."""
        running = self.start(workload)
        running.main.wait(timeout=300)
        self._ended_well(running, running.pod.spec["containers"][0]["name"])
        return self.words(running.name)

    def await_probe(self, running: Running, kind: str, *, timeout_s: float = 90.0) -> None:
        """Return once the first container's probe succeeds, asked as a kubelet asks."""
        container = running.pod.spec["containers"][0]
        deadline = time.monotonic() + timeout_s
        while not (said := self.probe(running, container[kind]))[0]:
            ended = running.main.poll() is not None
            if ended or time.monotonic() > deadline:
                raise AssertionError(
                    f"{running.name}: {kind} {said[1]}\n{self.words(running.name)}"
                )
            time.sleep(0.3)

    def probe(self, running: Running, probe: Object) -> tuple[bool, str]:
        """Ask one probe once; whether it succeeds, and what came back."""
        if "exec" in probe:
            done = self.execute(running, probe["exec"]["command"])
            return done.returncode == 0, f"{done.returncode} {done.stdout}{done.stderr}"
        port, path = running.pod.ports[probe["httpGet"]["port"]], probe["httpGet"]["path"]
        try:
            reply = urllib3.request(
                "GET", f"http://{running.address}:{port}{path}", timeout=5.0, retries=False
            )
        except urllib3.exceptions.HTTPError as exc:
            return False, type(exc).__name__
        return reply.status == 200, f"{reply.status} {reply.data.decode(errors='replace')}"

    def execute(self, running: Running, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command in the first container, as its user."""
        container = running.pod.spec["containers"][0]
        user, group = containers.identity(running.pod, container)
        variables = self._environment(running.pod, container)
        inside = ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), *command]
        enter = ("nsenter", "--target", str(running.main.pid), "--mount", "--net", "--root")
        return run(*enter, "--setuid", str(user), "--setgid", str(group), *inside, check=False)

    def terminate(self, running: Running) -> float:
        """SIGTERM (or the image's stop signal), as a kubelet does; seconds until it ended."""
        began = time.monotonic()
        # nginx's image says STOPSIGNAL SIGQUIT.
        nginx = "nginx" in running.pod.spec["containers"][0].get("args", [])
        running.main.send_signal(signal.SIGQUIT if nginx else signal.SIGTERM)
        running.main.wait(timeout=running.pod.spec["terminationGracePeriodSeconds"])
        return time.monotonic() - began

    def words(self, name: str) -> str:
        """What the pod's containers have said."""
        return "\n".join(
            f"--- {file.name}\n{file.read_text(errors='replace')[-3000:]}"
            for file in sorted((self.directory / name).glob("*.log"))
        )

    def stop(self) -> None:
        """End every process, network and address."""
        for running in self.running.values():
            for process in running.processes.values():
                if process.poll() is None:
                    process.kill()
                process.wait()
            run("ip", "link", "delete", _short(running.name), check=False)
            run("ip", "netns", "delete", _short(running.name), check=False)
        self._until_stopped.close()
        run("ip", "link", "delete", BRIDGE, check=False)

    def _network(self, name: str) -> str:
        self._next += 1
        address, short = f"{SUBNET}.{self._next}", _short(name)
        run("ip", "netns", "add", short)
        run("ip", "link", "add", short, "type", "veth", "peer", "name", "eth0", "netns", short)
        run("ip", "link", "set", short, "master", BRIDGE, "up")
        for words in (
            ("address", "add", f"{address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
        ):
            run("ip", "-n", short, *words)
        return address

    def _volumes(self, running: Running) -> None:
        pod, home = running.pod, self.directory / running.name / "volumes"
        group = pod.spec["securityContext"]["fsGroup"]
        templates = pod.workload["spec"].get("volumeClaimTemplates", [])
        for claim in templates:
            _directory(home / claim["metadata"]["name"], group)
        for volume in pod.spec.get("volumes", []):
            place = home / volume["name"]
            _directory(place, group)
            for path, content, mode in self._contents(volume, pod.namespace):
                file = place / path
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(content)
                file.chmod(mode)
                os.chown(file, 0, group)

    def _contents(self, volume: Object, namespace: str) -> list[tuple[str, bytes, int]]:
        found = []
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            mode = volume.get("projected", source.get("secret", {})).get("defaultMode", 0o644)
            for kind, field_name in (("Secret", "secret"), ("ConfigMap", "configMap")):
                if field_name in source:
                    reference = source[field_name]
                    name = reference.get("secretName") or reference["name"]
                    kept = dict(named(self.rendered, kind))[namespace, name]["data"]
                    paths = {item["key"]: item["path"] for item in reference.get("items", [])}
                    for key in paths or kept:
                        raw = kept[key]
                        content = base64.b64decode(raw) if kind == "Secret" else raw.encode()
                        found.append((paths.get(key, key), content, mode))
        return found

    def _launch(self, running: Running, container: Object) -> subprocess.Popen[bytes]:
        pod = running.pod
        user, group = containers.identity(pod, container)
        home = self.directory / running.name
        work = home / f"{container['name']}.work"
        work.mkdir(exist_ok=True)
        variables = self._environment(pod, container)
        image = self._images[containers.image(container)]
        words = [*container.get("command", []), *container.get("args", [])]
        entry = ["/docker-entrypoint.sh"] if containers.image(container) == "frontend" else []
        description: dict[str, Any] = {
            "work": str(work),
            "image": str(image),
            "directory": "/app" if containers.image(container) == "app" else "/",
            "user": user,
            "group": group,
            "volumes_group": pod.spec["securityContext"].get("fsGroup"),
            "read_only": container["securityContext"]["readOnlyRootFilesystem"],
            "environment": variables,
            "command": entry + [containers.expanded(word, variables) for word in words],
            "mounts": [
                {
                    "path": mount["mountPath"],
                    "source": str(home / "volumes" / mount["name"]),
                    "read_only": mount.get("readOnly", False),
                }
                for mount in container.get("volumeMounts", [])
            ],
            "files": {
                "etc/resolv.conf": f"nameserver {SUBNET}.1\n{SEARCH}\noptions ndots:5\n",
                "etc/hosts": f"127.0.0.1 localhost\n{running.address} {running.name}\n",
            },
        }
        file = home / f"{container['name']}.json"
        file.write_text(json.dumps(description))
        with (home / f"{container['name']}.log").open("ab") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", _short(running.name), "unshare", "--mount",
                 sys.executable, str(LAUNCH), str(file)],
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        running.processes[container["name"]] = process
        return process

    def _environment(self, pod: Pod, container: Object) -> dict[str, str]:
        variables = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        variables |= containers.variables_of_the_image(self._images[containers.image(container)])
        maps = dict(named(self.rendered, "ConfigMap"))
        for source in container.get("envFrom", []):
            variables |= maps[pod.namespace, source["configMapRef"]["name"]]["data"]
        for item in container.get("env", []):
            variables[item["name"]] = containers.expanded(item["value"], variables)
        return variables

    def _ended_well(self, running: Running, container: str) -> None:
        code = running.processes[container].returncode
        assert code == 0, (
            f"{running.name}/{container} ended with {code}\n{self.words(running.name)}"
        )


def _directory(place: Path, group: int) -> None:
    """As a kubelet makes a volume: anybody's, of the pod's group."""
    place.mkdir(parents=True)
    os.chown(place, 0, group)
    place.chmod(0o2777)


def _short(name: str) -> str:
    """A name of at most 15 characters, as network interfaces have."""
    return f"ip{sum(name.encode()) % 997}{name[-9:]}".replace(".", "")[:15]


def available() -> str:
    """Why pods cannot be run here; empty when they can."""
    if os.geteuid() != 0:
        return "only root can start pods"
    lacking = [p for p in ("ip", "unshare", "nsenter", "mount") if shutil.which(p) is None]
    return f"{', '.join(lacking)} is missing" if lacking else ""
