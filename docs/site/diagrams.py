"""Mermaid diagrams, drawn in the reader's browser by a script that is part of the site."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

MARK = '<pre class="mermaid">'


class Mermaid(SphinxDirective):
    """A fence marked ``mermaid``; the repository host draws the same text."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """One raw block, which the script finds by its class."""
        text = "\n".join(self.content)
        return [nodes.raw("", f"{MARK}{escape(text)}</pre>", format="html")]


def load_script(
    app: Sphinx,
    _page: str,
    _template: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Load the script (2.5 MB) on pages with a diagram and nowhere else."""
    if MARK in context.get("body", ""):
        app.add_js_file("mermaid.tiny.js")


def setup(app: Sphinx) -> None:
    """Called by the configuration."""
    app.add_directive("mermaid", Mermaid)
    app.connect("html-page-context", load_script)
