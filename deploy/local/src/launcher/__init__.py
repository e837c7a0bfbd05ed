"""Runs the whole platform on one machine: servers, services and gateway, as the tiers of the design say."""
