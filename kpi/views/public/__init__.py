"""The public pages of KPI."""
