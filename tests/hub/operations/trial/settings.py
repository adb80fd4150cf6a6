from rempart.hub.settings import *  # noqa: F403 — the hub's own settings, and three more

ROOT_URLCONF = "tests.hub.operations.trial.urls"
PROCRASTINATE_IMPORT_PATHS = ["tests.hub.operations.trial.jobs"]
