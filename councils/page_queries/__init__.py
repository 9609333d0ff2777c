"""Reads that the public pages of the councils share: plain SQL, rows as mappings, the day always passed in.

What is public is decided here once: everything but drafts of resolutions. A person's private particulars lie in a
table that no statement here names.
"""
