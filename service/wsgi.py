"""What gunicorn loads: `service.wsgi:app`."""

from service.app import create_app
from service.config import Config

app = create_app(Config.from_environment())
