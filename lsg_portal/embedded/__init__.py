"""PostgreSQL and Valkey as ordinary child processes, so that the portal runs with nothing installed.

The servers come from Python wheels (or, failing those, from the system), keep everything below one directory
of ``var/`` and never outlive the command that started them. Nothing here imports Django: the services
have to stand before the settings can be read.

``python -m lsg_portal.embedded`` is the command; ``make demo`` and ``make test`` are its usual callers.
"""


class Refused(Exception):
    """The services cannot run here, and the message tells the person at the terminal what to do about it."""
