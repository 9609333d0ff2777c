"""Reads of the composed pages; each function is one statement."""
