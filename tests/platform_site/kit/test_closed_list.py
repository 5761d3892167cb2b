import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_module_of_the_kit_is_in_the_decision_and_the_reverse() -> None:
    record = (ROOT / "docs/adr/0005-the-kit-is-a-closed-list.md").read_text()
    listed = re.search(r"nothing of the business: (.*?)\. No models", record, re.DOTALL)
    assert listed is not None
    modules = {path.stem for path in (ROOT / "platform_site/kit").glob("[a-z]*.py")}
    assert set(re.findall(r"`(\w+)`", listed[1])) == modules
