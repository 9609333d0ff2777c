"""Backups: one directory with the database, the files and what proves both (``manage.py backup``, ``restore``)."""
