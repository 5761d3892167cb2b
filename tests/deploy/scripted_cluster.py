"""A scripted cluster: it keeps objects and the guard, and refuses the call that the test names.

``kubectl`` in a directory for ``PATH``. It stands for an API server that goes on enforcing a guard
for some calls after its binding was deleted, as real ones do for half a second.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from tests.deploy.workspace import program

GUARD: Final = "validatingadmissionpolicybinding"
LABEL: Final = "image-platform/overlay"

SCRIPT: Final = r"""
import fcntl, json, pathlib, subprocess, sys

LABEL, GUARD, real = "image-platform/overlay", "validatingadmissionpolicybinding", {real!r}
words = sys.argv[1:]
if words[0] == "kustomize":
    sys.exit(subprocess.call([real, *words]))
file = pathlib.Path({state!r})
lock = open(str(file) + ".lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
state = json.loads(file.read_text())
calls, refused = state["calls"], state["refuse"]
calls.append(" ".join(words))


def save(error=""):
    file.write_text(json.dumps(state))
    sys.exit(error or 0)


if len(calls) == refused:
    save("the server refused this call")
objects = state["objects"]
enforced = state["guard"] or state["lag"] > 0
if not state["guard"] and state["lag"] > 0:
    state["lag"] -= 1
named = [word for word in words if not word.startswith("-")]
options = dict(word.lstrip("-").partition("=")[::2] for word in words if word.startswith("-"))
dry = "dry-run" in options
space = words[words.index("--namespace") + 1] if "--namespace" in words else "-"


def key(item):
    group, _, version = item["apiVersion"].rpartition("/")
    kind = item["kind"].lower() + ("." + group if group else "")
    return item["metadata"].get("namespace", "-") + " " + kind + "/" + item["metadata"]["name"]


def labels(item):
    return item["metadata"].setdefault("labels", {{}})


def here(namespace):
    found = objects.get("- namespace/" + namespace)
    return labels(found).get(LABEL) if found else None


def apply(item):
    namespace = item["metadata"].get("namespace")
    if item["kind"] == "Namespace":
        namespace = item["metadata"]["name"]
    applied = here(namespace) if namespace else None
    if enforced and applied and labels(item).get(LABEL) != applied:
        return "refused by the guard: " + key(item)
    before = objects.get(key(item))
    if item["kind"] == "StatefulSet" and before and before["spec"] != item["spec"]:
        return "forbidden: updates to statefulset spec: " + key(item)
    if not dry:
        objects[key(item)] = item
        if item["kind"].lower() == GUARD:
            state["guard"], state["lag"] = True, 0
    return ""


if named[:2] == ["get", "namespaces"]:
    found = [item for item in objects.values() if item["kind"] == "Namespace"]
    print(json.dumps({{"items": found}}))
elif named[0] == "get":
    name = named[-1] if "/" in named[-1] else named[1] + "/" + named[2]
    if space + " " + name in objects:
        print(labels(objects[space + " " + name]).get(LABEL, ""), end="")
elif named[:2] == ["label", "namespace"]:
    value = named[3].partition("=")[2]
    item = objects["- namespace/" + named[2]]
    if enforced and labels(item).get(LABEL) not in (None, value):
        save("refused by the guard: namespace " + named[2])
    if not dry:
        labels(item)[LABEL] = value
elif "delete" in named and "jobs" in named:
    pass
elif named[0] == "delete":
    if named[1].startswith(GUARD):
        state["guard"], state["lag"] = False, state["lags"]
    else:
        objects.pop(space + " " + named[-1], None)
elif named[0] == "apply":
    sys.path += {paths!r}  # left out at the start, which takes longer than the rest
    import yaml
    if "-k" in words:
        text = subprocess.check_output([real, "kustomize", words[-1]], text=True)
    else:
        text = pathlib.Path(words[-1]).read_text()
    faults = [*filter(None, map(apply, yaml.load_all(text, Loader=yaml.CSafeLoader)))]
    if faults:
        save("\n".join(faults))
elif named[:2] == ["rollout", "status"]:
    if space + " " + named[-1] not in objects:
        save("not found: " + named[-1])
else:
    save("not played: " + " ".join(words))
save()
"""


class Cluster:
    """The state of the cluster, and the program ``kubectl`` that works on it."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "cluster.json"
        self.programs = directory / "bin"
        self.programs.mkdir(exist_ok=True)
        script = directory / "cluster.py"
        script.write_text(
            SCRIPT.format(real=shutil.which("kubectl"), state=str(self._file), paths=sys.path)
        )
        program(self.programs, "kubectl", f'exec {sys.executable} -E -S {script} "$@"')

    def begin(
        self, objects: dict[str, Any], *, guard: bool = False, lags: int = 2, refuse: int = 0
    ) -> None:
        """Start anew with ``objects``; the guard holds for ``lags`` calls more once it is deleted.

        The call number ``refuse`` is refused, counted from one.
        """
        state = {
            "calls": [], "refuse": refuse, "objects": objects,
            "guard": guard, "lag": 0, "lags": lags,
        }  # fmt: skip
        self._file.write_text(json.dumps(state))

    def refuse(self, number: int) -> None:
        """Refuse the call of that number, counted from the next one on."""
        state = self._state()
        self._file.write_text(json.dumps({**state, "refuse": number, "calls": []}))

    @property
    def calls(self) -> list[str]:
        """Every call so far, the refused one included."""
        found: list[str] = self._state()["calls"]
        return found

    @property
    def objects(self) -> dict[str, Any]:
        """What is there, by reference."""
        found: dict[str, Any] = self._state()["objects"]
        return found

    @property
    def is_guarded(self) -> bool:
        """Whether the guard's binding is there."""
        return bool(self._state()["guard"])

    def overlay(self, namespace: str = "image-platform") -> str:
        """The overlay that the namespace says it has."""
        labels: dict[str, str] = self.objects[f"- namespace/{namespace}"]["metadata"]["labels"]
        return labels.get(LABEL, "")

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._file.read_text())
        return state
