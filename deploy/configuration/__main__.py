"""Writes docs/configuration.md anew: ``make configuration``."""

from deploy.configuration.page import DOCUMENT, page

DOCUMENT.write_text(page())
