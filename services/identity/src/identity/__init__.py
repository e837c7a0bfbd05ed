"""Organisations, accounts, sessions, institutions and divisions."""
