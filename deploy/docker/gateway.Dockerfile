# The gateway: nginx, its snippets and pages, and the browser portal. It fills the launcher's template at its start.
FROM node:20.20.2-bookworm-slim AS portal
WORKDIR /src
COPY clients/portal/package.json clients/portal/package-lock.json clients/portal/.npmrc clients/portal/
RUN npm ci --prefix clients/portal
COPY contracts/openapi contracts/openapi
COPY contracts/reference contracts/reference
COPY clients/portal clients/portal
RUN npm --prefix clients/portal run build

FROM nginx:1.28.0-bookworm
COPY gateway /opt/gateway
COPY deploy/docker/gateway.sh /opt/gateway.sh
COPY --from=portal /src/clients/portal/dist /opt/portal
ENV LISTEN=0.0.0.0:8080 \
    GATEWAY_DIR=/opt/gateway \
    PORTAL_DIR=/opt/portal \
    STATIC_COMPRESSION=compressed-files \
    RUN_DIR=/run/gateway \
    USER="" \
    WORKERS=2 \
    RATE=100r/s \
    BURST=400 \
    ANONYMOUS_RATE=5r/s \
    ANONYMOUS_BURST=40 \
    BODY=2m \
    UPLOAD_BODY=10500k \
    IMPORT_BODY=66m \
    READ_TIMEOUT=60s \
    IDENTITY_UPSTREAM=identity:8000 \
    REGISTRY_UPSTREAM=registry:8000 \
    FILING_UPSTREAM=filing:8000 \
    BOOKING_UPSTREAM=booking:8000 \
    NOTIFICATION_UPSTREAM=notification:8000
RUN mkdir /run/gateway && chown 101:101 /run/gateway
USER 101:101
EXPOSE 8080
# nginx then finishes the current requests and ends
STOPSIGNAL SIGQUIT
# A page of the gateway itself: its health does not depend on the services behind it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/"]
ENTRYPOINT ["/bin/sh", "/opt/gateway.sh"]
