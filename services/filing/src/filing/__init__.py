"""Filings of instruments and their way through the institutions."""
