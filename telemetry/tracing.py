"""OpenTelemetry traces, where a collector is named: `OTEL_EXPORTER_OTLP_ENDPOINT`, and the other variables of OpenTelemetry.

Without it no exporter is loaded. Needs the extra `otel`.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
INSTRUMENTATION = "jujang"


class TracingUnavailable(RuntimeError):
    """Traces are configured, but what sends them is not installed."""


def configured(environ: Mapping[str, str]) -> bool:
    """Whether a collector is named, and not switched off.

    Raises `TracingUnavailable` where the extra `otel` is missing.
    """
    off = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or environ.get("OTEL_TRACES_EXPORTER", "").strip() == "none"
    named = next((name for name in ENDPOINTS if environ.get(name, "").strip()), None)
    if named is None or off:
        return False
    try:
        import opentelemetry.exporter.otlp.proto.http
        import opentelemetry.sdk.trace  # noqa: F401
    except ImportError as error:
        raise TracingUnavailable(f"{named} is set, but OpenTelemetry is not installed: pip install 'jujang[otel]', or unset it") from error
    return True


def exporting(service_name: str) -> TracerProvider:
    """A provider that sends spans in batches, from a thread of its own: make it after the fork. `OTEL_SERVICE_NAME` goes before."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    traces = provider(service_name)
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return traces


def provider(service_name: str) -> TracerProvider:
    """A provider that sends nothing yet."""
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider

    named = Resource.create({"service.name": service_name, "service.version": version("jujang")})
    return TracerProvider(resource=named.merge(OTELResourceDetector().detect()))


def context_of(traceparent: str) -> Context:
    """The context of a W3C `traceparent`; a new trace where that is empty or not one."""
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent}, Context())


def traceparent_of(span: Span) -> str:
    """The W3C `traceparent` of what goes on in this span; empty where it has none."""
    from opentelemetry.trace import set_span_in_context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier, set_span_in_context(span))
    return carrier.get("traceparent", "")
