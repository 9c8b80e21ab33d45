"""gunicorn's settings: `gunicorn -c python:service.gunicorn_config service.wsgi:app`."""

import os
import shutil
import tempfile
from typing import Any

from service.config import Config

_config = Config.from_environment()

bind = [f"{f'[{_config.host}]' if ':' in _config.host else _config.host}:{_config.port}"]
workers = _config.web_processes
threads = _config.web_threads
worker_class = "service.gunicorn_worker.ProblemWorker"
timeout = 30
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
accesslog = None  # the application logs its requests, without query strings and paths
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "telemetry.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": _config.log_level.upper(), "handlers": ["stderr"], "propagate": False}},
}
limit_request_line = 8190


def on_starting(server: Any) -> None:
    """Have the web processes count requests together; before any of them loads the metrics' library, which looks only once."""
    folder = tempfile.mkdtemp(prefix="jujang-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = server.metrics_folder = folder


def on_exit(server: Any) -> None:
    """Their files are of this run only."""
    shutil.rmtree(server.metrics_folder, ignore_errors=True)
