"""The library sets the threshold of a space, unless an administrator has set another one."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

DEFAULT_BEFORE = 0.5
SOURCES = ["default", "size", "neighbours", "operator"]
LABELS = [
    "default",
    "number of voiceprints",
    "similarity of the people to each other",
    "set by an administrator",
]


def keep_own_thresholds(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Mark the thresholds that administrators changed."""
    spaces = apps.get_model("voiceprints", "Space").objects
    spaces.exclude(threshold=DEFAULT_BEFORE).update(threshold_source="operator")


class Migration(migrations.Migration):
    dependencies = [("voiceprints", "0011_erased_names")]

    operations = [
        migrations.AddField(
            model_name="space",
            name="threshold_source",
            field=models.CharField(
                choices=list(zip(SOURCES, LABELS, strict=True)),
                default="default",
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="space",
            name="threshold_voiceprints",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="space",
            name="threshold_people",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name="space",
            constraint=models.CheckConstraint(
                condition=models.Q(threshold_source__in=SOURCES),
                name="space_threshold_source_is_known",
            ),
        ),
        migrations.RunPython(keep_own_thresholds, migrations.RunPython.noop),
    ]
