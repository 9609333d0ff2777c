"""Reads that the public pages of the executive bodies share: plain SQL, rows as mappings, the day always passed in.

What is not public, contacts, discipline, service records, the reserve and career plans, lies in tables that no
statement here names.
"""
