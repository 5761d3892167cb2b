import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KIT = ROOT / "platform_site" / "kit"


def listed() -> set[str]:
    """What the record names: ``env``, ``auth/tokens``."""
    record = (ROOT / "docs/adr/0005-the-kit-is-a-closed-list.md").read_text()
    found = re.search(r"nothing of the business:\n(.*?)No models", record, re.DOTALL)
    assert found is not None
    names = set()
    for line in re.split(r"\n- ", found[1])[1:]:
        wing = re.match(r"`(\w+/)`: ", line)
        prefix = wing[1] if wing else ""
        names |= {prefix + name for name in re.findall(r"`(\w+)`", line)}
    return names


def test_every_module_of_the_kit_is_in_the_decision_and_the_reverse() -> None:
    modules = {path.relative_to(KIT).with_suffix("").as_posix() for path in KIT.rglob("[a-z]*.py")}
    assert listed() == modules
