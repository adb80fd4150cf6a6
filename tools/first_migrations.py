"""Until a version is released, `python tools/first_migrations.py` writes each app's migration again from its models.

Django's own makes a table, then its foreign keys, constraints and triggers one by one, and builds all related models
again after each: twenty seconds for an empty database. Here a table is made whole, in one operation: five.
"""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rempart.hub.settings")
if __name__ == "__main__":
    django.setup()

from django.apps import apps
from django.conf import settings
from django.db.migrations import CreateModel, Migration, swappable_dependency
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.utils import translation

NAME = "0001_initial"
HUB = "rempart.hub."

Key = tuple[str, str]
"""The label of an app and the name of a model, in small letters."""


def whole(state: ModelState) -> CreateModel:
    """Return the operation that makes a table with all that belongs to it, its triggers in the form they are stored."""
    model = apps.get_model(state.app_label, state.name)
    options = dict(state.options)
    if triggers := options.pop("triggers", []):
        options["triggers"] = [trigger.compile(model) for trigger in triggers]
    for kept_when_filled in ("indexes", "constraints"):
        if not options.get(kept_when_filled):
            options.pop(kept_when_filled, None)
    return CreateModel(state.name, list(state.fields.items()), options, state.bases, state.managers)


def needed_by(state: ModelState) -> set[Key]:
    """Return the models that must be there before this one."""
    own = (state.app_label, state.name_lower)
    fields = [field for field in state.fields.values() if field.remote_field]
    named = {field.remote_field.model for field in fields} | {getattr(f.remote_field, "through", None) for f in fields}
    labels = [name for name in (*named, *state.bases) if isinstance(name, str)]
    full = [label if "." in label else f"{state.app_label}.{label}" for label in labels if label != "self"]
    return {(app, name.lower()) for app, name in (label.split(".") for label in full)} - {own}


def in_order(states: dict[Key, ModelState]) -> Iterator[Key]:
    """Yield the models of an app, each after those it refers to.

    Raises:
        SystemExit: some refer to one another in a circle, which no table can be made whole of.

    """
    waiting = dict.fromkeys(sorted(states))
    while waiting:
        free = [key for key in waiting if not needed_by(states[key]) & waiting.keys()]
        if not free:
            raise SystemExit(f"in a circle: {sorted(waiting)}")
        for key in free:
            del waiting[key]
        yield from free


def first_migration(label: str, states: dict[Key, ModelState], leaves: dict[str, Key]) -> Migration:
    """Return the one migration that makes all tables of an app; `leaves` holds the last migration of other apps."""
    user = tuple(settings.AUTH_USER_MODEL.lower().split("."))
    needed = set[Key]().union(*(needed_by(state) for state in states.values()))
    others = sorted({app for app, _ in needed - {user}} - {label})
    migration = Migration(NAME, label)
    migration.initial = True
    migration.operations = [whole(states[key]) for key in in_order(states)]
    migration.dependencies = [leaves.get(app, (app, NAME)) for app in others]
    if user in needed and label != user[0] and user[0] not in others:
        migration.dependencies.append(swappable_dependency(settings.AUTH_USER_MODEL))
    return migration


def remake(labels: Collection[str]) -> Iterator[Path]:
    """Write the migrations of these apps again, remove those that stood there, and yield the files written."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()  # without their graph, which two branches just merged may have broken
    leaves = {app: (app, name) for app, name in sorted(loader.disk_migrations) if app not in labels}
    models = ProjectState.from_apps(apps).models
    for label in labels:
        states = {key: state for key, state in models.items() if key[0] == label}
        if not states:
            continue
        written = MigrationWriter(first_migration(label, states, leaves), include_header=False)
        folder = Path(written.path).parent
        for old in folder.glob("[0-9]*.py"):
            old.unlink()
        with translation.override(None):  # Django's own names of fields, in its own language
            Path(written.path).write_text(written.as_string(), encoding="utf-8")
        yield Path(written.path)


if __name__ == "__main__":
    hub = [config.label for config in apps.get_app_configs() if config.name.startswith(HUB)]
    subprocess.run([sys.executable, "-m", "ruff", "format", *remake(hub)], check=True)  # noqa: S603 — no argument from elsewhere
