from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0004_why_somebody_acts"),
    ]

    operations = [
        migrations.DeleteModel(
            name="Case",
        ),
    ]
