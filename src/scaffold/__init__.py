"""Writes production-ready Python web services from a template that keeps updating them."""
