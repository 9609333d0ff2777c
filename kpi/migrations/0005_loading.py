from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kpi", "0004_journal")]

    operations = [
        migrations.CreateModel(
            name="LoadedValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.TextField(null=True, verbose_name="reporting period")),
                ("unit", models.TextField(null=True, verbose_name="municipality")),
                ("indicator", models.TextField(null=True, verbose_name="indicator")),
                ("value", models.TextField(null=True, verbose_name="value")),
                ("numerator", models.TextField(null=True, verbose_name="numerator")),
                ("denominator", models.TextField(null=True, verbose_name="denominator")),
            ],
            options={"verbose_name": "row of an import", "verbose_name_plural": "rows of an import"},
        ),
        # What is lost with the server is imported again from its file: no log of it is written
        migrations.RunSQL(
            "ALTER TABLE kpi_loadedvalue SET UNLOGGED",
            "ALTER TABLE kpi_loadedvalue SET LOGGED",
        ),
    ]
