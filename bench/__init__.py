"""Measurements of the portal beside what bounds it and what it might have been: ``make bench``.

Each case is measured in one shuffled run beside its *floor* (the bare SQL that builds the same answer) and
beside *peers* (the same answer by Django REST framework as it is usually written). Only ratios decide:
absolute figures belong to the machine.
"""
