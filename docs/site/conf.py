"""Sphinx configuration of the documentation site: ``make docs`` builds it into var/docs.

The source directory is the root of the repository, so that a link between two pages is the same
here and on the repository host. Pages are plain Markdown; what only the site has (navigation,
diagrams, the API reference) is added in this directory.
"""

from typing import Any, Final

from sphinx.application import Sphinx

from docs.site import api_reference, diagrams

# One list a group, in the order of the navigation. A page that is in none fails the build.
NAVIGATION: Final = {
    "Use": ["docs/guide", "docs/api", "frontend/README"],
    "Operate": [
        "docs/deploy", "docs/deploy-reference", "docs/configuration", "docs/observability",
        "docs/runbooks/README", "docs/drills", "docs/rollouts", "docs/images", "docs/stores",
        "docs/capacity", "deploy/k8s/components/README", "docs/backup", "frontend/nginx/README",
    ],
    "Contribute": [
        "CONTRIBUTING", "docs/architecture", "docs/adr/README", "bench/README", "bench/RESULTS",
        "SECURITY", "CHANGELOG",
    ],
}  # fmt: skip
# Pages below another: the runbooks and the decisions, in the order of their file names.
BELOW: Final = {"docs/runbooks/README": "*", "docs/adr/README": "0*"}

project = "Image platform"
author = "The image platform's authors"
project_copyright = "the image platform's authors; MIT licence"

extensions = ["myst_parser"]
root_doc = "README"
include_patterns = ["*.md", "docs/**.md", "deploy/k8s/components/README.md", "bench/*.md",
                    "frontend/README.md", "frontend/nginx/README.md"]  # fmt: skip
# Whole folders are named here so that they are not walked: the environment alone has 40,000 files.
exclude_patterns = [".*", "var", "**/node_modules", "frontend/src", "frontend/dist", "tests"]

myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
nitpicky = True

html_title = project
html_theme = "pydata_sphinx_theme"
html_static_path = ["site.css", "../../frontend/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"]
html_css_files = ["site.css"]
templates_path = ["templates"]
html_additional_pages = {"index": "to-first-page.html"}
html_sidebars = {"**": ["navigation.html"]}
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_center": [],
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
}


def append_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """Give the first page and the index pages the toctree that Markdown has no word for."""
    if page == app.config.root_doc:
        source[0] += "".join(
            _toctree(f":caption: {group}", [f"/{name}" for name in pages])
            for group, pages in app.config.navigation.items()
        )
    elif page in BELOW:
        source[0] += _toctree(":glob:", [BELOW[page]])


def _toctree(option: str, entries: list[str]) -> str:
    return "\n\n" + "\n".join(["```{toctree}", ":hidden:", option, "", *entries, "```"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_config_value("navigation", NAVIGATION, "env")
    app.connect("source-read", append_navigation)
    api_reference.setup(app)
    diagrams.setup(app)
    return {"parallel_read_safe": True}
