"""What gunicorn loads: `service.wsgi:app`."""

import os

from service.app import create_app
from service.config import Config
from service.tracing import SERVICE_NAME
from telemetry import tracing

app = create_app(Config.from_environment(), tracing.exporting(SERVICE_NAME) if tracing.configured(os.environ) else None)
