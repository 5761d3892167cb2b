"""The shell blocks of every page, and whether pasting one could go on after a failure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.deploy.workspace import ROOT

BLOCK: Final = re.compile(
    r"^(?P<indent> *)```(?:sh|bash|shell|console)\n(.*?)^(?P=indent)```", re.DOTALL | re.MULTILINE
)
READS: Final = (
    r"kubectl( -n \S+| --namespace \S+)* (get|logs|describe|top|port-forward|explain) ",
    r"kubectl( -n \S+| --namespace \S+)* rollout (status|history) ",
    r"kubectl .* exec .* -- (promtool query|df )",
    r"""kubectl .* exec .* -- psql .* -c\s+"SELECT (?!pg_terminate|pg_cancel)""",
    r"kubectl .* exec .* -- sh -c 'REDISCLI_AUTH=\S+ \S+ redis-cli --user exporter (llen|info)\b",
    r"curl -sS?f? (?!.* (-X|-d|-F|--data))",
)
FILTERS: Final = r"(grep|tail|head|sort|uniq|jq) ?"


@dataclass(frozen=True)
class Block:
    """One block: where it stands, and its text without the indent."""

    page: str
    text: str

    @property
    def commands(self) -> list[str]:
        """What a shell would run one after the other, whether or not the one before failed."""
        found: list[str] = []
        whole = ""
        for line in self.text.splitlines():
            whole = f"{whole}\n{line}" if whole else line
            if not whole.strip():
                whole = ""
            elif not re.search(r"(\\|&&|\|)$", whole) and _quotes_are_closed(whole):
                found.append(whole)
                whole = ""
        return [*found, whole] if whole else found

    @property
    def stops_at_a_failure(self) -> bool:
        """Whether it is one command, a chain of ``&&``, or a subshell under ``set -eu``."""
        text = self.text.strip()
        if re.match(r"\( set -eu\n", text):
            return text.endswith("\n)")
        return len(self.commands) == 1 and not re.search(r";(?![^'\"]*['\"])", text)

    @property
    def only_reads(self) -> bool:
        """Whether nothing of it changes anything."""
        return all(map(_reads, self.commands))


def pages() -> Iterator[Path]:
    """Every page that we write."""
    for place in ("*.md", "docs/**/*.md", "deploy/**/*.md", "bench/*.md", "frontend/*.md"):
        yield from ROOT.glob(place)
    yield from (ROOT / "frontend" / "nginx").glob("*.md")


def blocks() -> list[Block]:
    """Every shell block of every page."""
    found = []
    for page in sorted(set(pages())):
        for match in BLOCK.finditer(page.read_text()):
            indent = match["indent"]
            lines = [line.removeprefix(indent) for line in match[2].splitlines()]
            found.append(Block(str(page.relative_to(ROOT)), "\n".join(lines)))
    return found


def _quotes_are_closed(text: str) -> bool:
    bare = re.sub(r"\\.", "", text)
    double = re.sub(r"'[^']*'", "", bare).count('"')
    single = re.sub(r'"[^"]*"', "", bare).count("'")
    return double % 2 == 0 and single % 2 == 0


def _reads(command: str) -> bool:
    first, *rest = re.split(r" \|\s+", re.sub(r"\s*\\\n\s*", " ", command))
    return any(re.match(read, f"{first} ") for read in READS) and all(
        re.match(FILTERS, part) for part in rest
    )
