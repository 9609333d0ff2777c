"""Kyrgyz formats: ``1 234,5`` and ``2026-ж. 21-ноябрь``.

Django's own have a decimal point and another order of the date.
"""

DATE_FORMAT = "Y-ж. j-F"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y-ж. j-F, H:i"
YEAR_MONTH_FORMAT = "Y-ж. F"
MONTH_DAY_FORMAT = "j-F"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%Y-%m-%d"]
DATETIME_INPUT_FORMATS = ["%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
