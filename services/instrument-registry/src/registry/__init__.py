"""Catalog, instruments, imports, certificates and statistics."""
