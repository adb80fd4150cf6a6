"""How gunicorn serves the hub: its own settings file, so that none of the current folder is read by accident."""

import gc
import os
import warnings
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from rempart.hub.operations.logs import configure, logging_settings

warnings.simplefilter("ignore")
configure()
wsgi_app = "rempart.hub.wsgi:application"
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 25
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
logconfig_dict = logging_settings(os.environ.get("REMPART_HUB_LOG_LEVEL", "INFO"))
logconfig_dict["loggers"]["gunicorn.error"] = {"level": "INFO", "handlers": [], "propagate": True}


def post_worker_init(worker: Any) -> None:  # noqa: ANN401, ARG001 — gunicorn's own object
    """Leave what a worker loaded at its start out of the garbage collector's rounds: a twelfth of a page's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def child_exit(server: Any, worker: Any) -> None:  # noqa: ANN401, ARG001 — gunicorn's own objects, in its order
    """Forget the gauges of a worker that ended."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
