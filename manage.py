#!/usr/bin/env python
"""Run an administrative command of the portal."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lsg_portal.settings")
    from django.core.management import execute_from_command_line

    from lsg_portal.data import actor

    if sys.argv[1:] and sys.argv[1] != "runserver":
        actor.set_process_actor(f"system:{sys.argv[1]}")
    execute_from_command_line(sys.argv)
