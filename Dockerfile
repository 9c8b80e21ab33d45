# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /src
# docker build --build-arg LOCKED=otel: with OpenTelemetry
ARG LOCKED=runtime
COPY locks/build.txt locks/${LOCKED}.txt locks/
RUN python -m venv /opt/jujang \
 && /opt/jujang/bin/pip install --no-cache-dir --require-hashes -r locks/build.txt \
 && /opt/jujang/bin/pip install --no-cache-dir --require-hashes --no-build-isolation -r locks/${LOCKED}.txt
COPY pyproject.toml README.md LICENSE NOTICE openapi.yaml ./
COPY schemas schemas
COPY jobstore jobstore
COPY service service
COPY workers workers
COPY webhooks webhooks
COPY jujang jujang
COPY telemetry telemetry
RUN /opt/jujang/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/jujang/bin/pip uninstall --yes pip setuptools wheel

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home jujang
COPY --from=build /opt/jujang /opt/jujang
# pip has compiled everything: who starts writes nothing
ENV PATH=/opt/jujang/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000
USER jujang
WORKDIR /tmp
EXPOSE 8000
# the API by default; `worker` for a worker, which answers by being registered in Redis; `deliver` for webhooks
ENTRYPOINT ["jujang"]
CMD ["api"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=2)"]
