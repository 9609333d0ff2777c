from django.db import migrations

# A line of ten years is read from the key's index alone: beside hundreds of millions of others each of its forty rows
# lies in another page of the table
WITH_VALUES = """
ALTER TABLE kpi_publishedvalue DROP CONSTRAINT kpi_publishedvalue_pkey,
    ADD CONSTRAINT kpi_publishedvalue_pkey PRIMARY KEY (unit_id, measure_id, period_id)
        INCLUDE (value, numerator, denominator)
"""
WITHOUT = """
ALTER TABLE kpi_publishedvalue DROP CONSTRAINT kpi_publishedvalue_pkey,
    ADD CONSTRAINT kpi_publishedvalue_pkey PRIMARY KEY (unit_id, measure_id, period_id)
"""


class Migration(migrations.Migration):
    dependencies = [("kpi", "0005_loading")]

    operations = [migrations.RunSQL(WITH_VALUES, WITHOUT)]
