"""Workbooks: reading what people send, writing what they download."""
