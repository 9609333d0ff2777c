"""The ministry's desks: review, periods, completeness, scoring runs, methodologies."""
