#!/usr/bin/env python3
"""Django's commands. Without ``DJANGO_SETTINGS_MODULE`` they act on the embedded role."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.embedded")
    execute_from_command_line(sys.argv)
