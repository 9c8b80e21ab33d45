"""gunicorn's settings: `gunicorn -c python:service.gunicorn_config service.wsgi:app`."""

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
errorlog = "-"
loglevel = _config.log_level
limit_request_line = 8190
