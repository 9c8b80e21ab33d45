"""The web application: `create_app(config)`. It keeps no state and never loads Kiwi."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from jobstore.batches import BatchStore
from jobstore.store import JobStore
from service import access, limits, logs, metrics, openapi, response_headers, tracing, webhook_description
from service.blueprint import Api
from service.config import Config
from service.views import batches, documentation, exposition, extractions, health, index
from service.waiting import WaitingRoom

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


class Application(Flask):
    """Without coroutines: Flask would look for them in every view and every hook of every request, a thirtieth of a POST's time."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(config: Config, traces: "TracerProvider | None" = None) -> Flask:
    """The application with these settings, its spans to `traces`. Redis is asked on the first request that needs it."""
    app = Application(__name__, static_url_path="/static")
    app.config.update(openapi.FLASK_SETTINGS)
    app.url_map.merge_slashes = False  # a wrong path is a 404, not a redirect
    provider = DefaultJSONProvider(app)
    provider.ensure_ascii = False
    provider.sort_keys = False
    provider.compact = True
    app.json = provider
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies, x_proto=config.trusted_proxies)  # type: ignore[method-assign]
    app.extensions["jujang.config"] = config
    app.extensions["jujang.store"] = JobStore.connect(
        config.store.redis_url, result_ttl_s=config.store.result_ttl_s, deadline_s=config.store.deadline_s
    )
    app.extensions["jujang.batches"] = BatchStore(app.extensions["jujang.store"])
    app.extensions["jujang.waiting_room"] = WaitingRoom(config.waiters)
    logs.register(app, config.log_level)
    metrics.register(app)
    response_headers.register(app)
    if traces:
        tracing.register(app, traces)
    access.register(app, config)
    limits.register(app, config)
    api = Api(app)
    openapi.describe(api.spec)
    webhook_description.describe(api.spec)
    for described in (extractions.blueprint, batches.blueprint, health.blueprint, exposition.blueprint):
        api.register_blueprint(described)
    for page in (documentation.blueprint, index.blueprint):
        app.register_blueprint(page)
    app.extensions["jujang.openapi"] = openapi.render(api.spec)
    return app
