"""The commands of the pages, and what can be done with each where there is no cluster.

A command that reaches into a pod is run on a server of the same kind; one that only names objects
is held to the objects of the overlay and its components. What falls under no rule here is run by
nobody, and a test says so. Blocks that a test pastes into a shell as they stand need no more.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from deploy.k8s.tools.objects import Object, pods
from tests.deploy.documents import BLOCK, Block, pages
from tests.deploy.workspace import ROOT

DECISIONS: Final = ROOT / "docs" / "adr"
"""Records tell what was decided at their time; nobody pastes from them."""
PASTED: Final = "tests/main_job/test_embedded.py"
"""The tests that paste whole blocks, each named by its page and its heading."""
PROGRAMS: Final = r"kubectl|make|python manage\.py|manage\.py|curl|grep|SELECT|psql|redis-cli|mc"
INLINE: Final = re.compile(rf"`((?:{PROGRAMS}) [^`]+)`")
PLACE: Final = re.compile(r"<[a-z -]+>|\$pod\b")
SPACES: Final = ("image-platform", "monitoring")
FOREIGN: Final = {"age": "a second implementation of the format, to open a backup without ours"}
"""Programs that a reader is told to bring, and no test has."""
PACKAGES: Final = ("platform_site", "accounts", "gateway", "images")


@dataclass(frozen=True)
class Remedy:
    """One command, and the page that has it."""

    page: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}: {self.text}"

    @property
    def words(self) -> list[str]:
        """Of the first program: what a shell makes of it."""
        joined = re.sub(r"\s*\\\n\s*", " ", self.text).replace("\n", " ")
        joined = PLACE.sub(lambda place: place[0].replace(" ", "-"), joined)
        joined = re.sub(r"^env( [A-Z0-9_]+=(\"[^\"]*\"|\S*))+ ", "", joined)
        return shlex.split(
            re.split(r"\s(?:\||&&|#)(?:\s|$)", _unquoted(joined))[0].replace("\0", " ")
        )

    @property
    def inside(self) -> list[str]:
        """What runs in the pod, for ``kubectl exec``; else nothing."""
        words = self.words
        return words[words.index("--") + 1 :] if "exec" in words and "--" in words else []


def remedies() -> list[Remedy]:
    """Every command of every page, in blocks and in sentences."""
    found: list[Remedy] = []
    for page in sorted(set(pages())):
        if page.is_relative_to(DECISIONS) or page.name == "CHANGELOG.md":
            continue
        name, text = str(page.relative_to(ROOT)), page.read_text()
        for match in BLOCK.finditer(text):
            if (name, _heading(text[: match.start()])) not in pasted():
                lines = [line.removeprefix(match["indent"]) for line in match[2].splitlines()]
                found += _commands(Block(name, "\n".join(lines)))
        found += [Remedy(name, inline) for inline in INLINE.findall(BLOCK.sub("", text))]
    return found


@cache
def pasted() -> frozenset[tuple[str, str]]:
    """The page and the heading of each block that a test runs as a whole."""
    calls = r'pasted\(\s*laptop,\s*"([^"]+)",\s*"([^"]+)"'
    return frozenset(re.findall(calls, (ROOT / PASTED).read_text()))


def _heading(text: str) -> str:
    headings: list[str] = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return headings[-1]


def _commands(block: Block) -> Iterator[Remedy]:
    """Those of a block; of a subshell and its loops, what is run in them."""
    for each in block.commands:
        for one in re.split(r"\s&&\s+(?=\w)", each):
            command = re.sub(r"^\w+=\$\((.*)\)$", r"\1", one.strip(), flags=re.DOTALL)
            if not re.fullmatch(r"\( set -eu|\)|done|for \w+ in [^;]*; do|", command):
                yield Remedy(block.page, command)


def _unquoted(text: str) -> str:
    """``text`` with the blanks inside quotes hidden, so that a pipe in them divides nothing."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", lambda quoted: quoted[0].replace(" ", "\0"), text)


def kind_of(remedy: Remedy) -> str:
    """By what the remedy is tried; empty when by nothing."""
    words, inside = remedy.words, remedy.inside
    kinds = {
        "sql": words[0] == "SELECT" or inside[:1] == ["psql"],
        "redis": any("redis-cli" in word for word in inside),
        "metrics": inside[:2] == ["promtool", "query"],
        "command": "manage.py" in (*words[:2], *inside[:2]),
        "module": words[0] in {"python", ".venv/bin/python"} and words[1:2] == ["-m"],
        "target": words[0] == "make",
        "objects": words[0] == "kubectl",
        "reading": words[0] in {"curl", "grep"},
        "keys": words[:2] == ["rm", "-f"],
        "foreign": words[0] in FOREIGN,
    }
    return next((kind for kind, is_it in kinds.items() if is_it), "")


def sql_of(remedy: Remedy) -> tuple[str, str]:
    """The user and the statement, with placeholders of nobody."""
    words = remedy.inside or ["psql", "-U", "owner", "-c", remedy.text]
    user = words[words.index("-U") + 1]
    return user, PLACE.sub("0", words[words.index("-c") + 1])


def object_faults(remedy: Remedy, rendered: list[Object]) -> list[str]:
    """What the remedy names that no render has: objects, containers, labels."""
    words, faults = remedy.words, []
    option = next((one for one in ("-n", "--namespace") if one in words), "")
    space = words[words.index(option) + 1] if option else "-"
    here = [item for item in rendered if item["metadata"].get("namespace", "-") == space]
    if space in SPACES and not PLACE.search(" ".join(words)):
        faults += [name for name in _named(words) if name not in _names(here)]
        container = _after(words, "-c") if "psql" not in words else words[words.index("-c") + 1]
        known = {
            c["name"]
            for pod in pods(here)
            for c in (*pod.containers, *pod.spec.get("initContainers", ()))
        }
        if container and container not in known:
            faults.append(f"container {container}")
    label = _after(words, "-l")
    if label.startswith("app.kubernetes.io/name=") and not PLACE.search(label):
        value = label.partition("=")[2]
        labels = {pod.labels.get("app.kubernetes.io/name") for pod in pods(rendered)}
        faults += [] if value in labels else [f"no pod has {label}"]
    return faults


def logged_faults(remedy: Remedy) -> list[str]:
    """Words that the remedy looks for in a log, and no line of ours says."""
    if " logs " not in remedy.text:
        return []
    found = []
    for pattern in re.findall(r"grep (?:-\S+ )*(?:-e )?('[^']*'|\S+)", remedy.text):
        found += [event for event in _events(pattern.strip("'")) if event not in _said()]
    return found


def _events(pattern: str) -> Iterator[str]:
    """The names of events in ``pattern``: ``mail_(put_back|given_up)`` is two."""
    if match := re.search(r"\(([^)]*)\)", pattern):
        for choice in match[1].split("|"):
            yield from _events(pattern.replace(match[0], choice, 1))
        return
    for branch in pattern.split("|"):
        bare = re.sub(r'^"event":"([^"]*)"$', r"\1", branch).replace("?", "")
        if re.fullmatch(r"[a-z]+(_[a-z]+)+_?", bare):
            yield bare


@cache
def _said() -> str:
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return "\n".join(file.read_text() for file in files)


def _after(words: list[str], option: str) -> str:
    return (
        words[words.index(option) + 1]
        if option in words[: words.index("--") if "--" in words else None]
        else ""
    )


def _names(items: list[Object]) -> set[str]:
    """What ``kubectl`` may call the objects, the pods and claims of their sets among them."""
    names = set()
    for item in items:
        kind, name = item["kind"].lower(), item["metadata"]["name"]
        names |= {f"{kind}/{name}", f"{SHORT.get(kind, kind)}/{name}"}
        if kind == "statefulset":
            names.add(f"pod/{name}-0")
            names |= {
                f"pvc/{claim['metadata']['name']}-{name}-0"
                for claim in item["spec"].get("volumeClaimTemplates", ())
            }
    return names


SHORT: Final = {
    "deployment": "deploy", "service": "svc", "persistentvolumeclaim": "pvc",
    "horizontalpodautoscaler": "hpa",
}  # fmt: skip
VERBS: Final = frozenset(
    {
        "get",
        "describe",
        "delete",
        "edit",
        "patch",
        "scale",
        "wait",
        "exec",
        "logs",
        "restart",
        "port-forward",
    }
)
KINDS: Final = frozenset(
    {"pod", "pods", "pvc", "cronjob", "networkpolicy", "deployment", "statefulset", "deploy", "svc"}
)
SINGULAR: Final = {"pods": "pod"}


def _named(words: list[str]) -> Iterator[str]:
    """The objects that a command of ``kubectl`` names, as ``kind/name``."""
    own = words[1 : words.index("--") if "--" in words else None]
    plain = [
        word
        for before, word in zip(["", *own], own, strict=False)
        if not word.startswith("-") and before not in {"-n", "-l", "-c", "-o", "-p", "--namespace"}
    ]
    verbs = [word for word in plain if word in VERBS]
    if not verbs:
        return
    rest = plain[plain.index(verbs[-1]) + 1 :]
    for word in rest:
        if re.fullmatch(r"[a-z]+/[\w.-]+", word):
            yield word
    if verbs[-1] in {"exec", "logs"} and rest and "/" not in rest[0]:
        yield f"pod/{rest[0]}"
    elif rest and rest[0] in KINDS:
        yield from (f"{SINGULAR.get(rest[0], rest[0])}/{name}" for name in rest[1:])
