"""Figures of the registry alone; those that every service has are in chassis.metrics."""

from prometheus_client import Gauge

CERTIFICATES_UNPRINTED = Gauge(
    "qj_certificates_unprinted", "Certificates whose printing failed; they wait to be tried again"
)
