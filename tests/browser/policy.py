"""What the page's own headers forbid."""

from playwright.sync_api import Response

from tests.browser.visitor import Visitor

FOR_SCRIPTS = ("script-src", "default-src")
LOOSE = {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:", "blob:"}


def directives(policy: str) -> dict[str, set[str]]:
    """A Content-Security-Policy by directive."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: set(sources) for name, *sources in parts}


def page_answer(visitor: Visitor, path: str) -> Response:
    """The answer that brought the page."""
    answer = visitor.context.new_page().goto(f"{visitor.site.address}{path}")
    assert answer is not None
    return answer


def scripts_allowed(answer: Response) -> set[str]:
    """The sources that scripts may come from."""
    rules = directives(answer.headers["content-security-policy"])
    return next(rules[name] for name in FOR_SCRIPTS if name in rules)
