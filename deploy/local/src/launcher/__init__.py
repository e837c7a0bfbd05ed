"""Runs the whole platform on one machine: servers, services and gateway."""
