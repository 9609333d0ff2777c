"""Reads of the pages of delegated powers: each a statement."""
