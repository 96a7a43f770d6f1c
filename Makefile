.PHONY: install test fast check benchmark speed

install:
	python3 -m venv .venv
	.venv/bin/pip install -e '.[test]'

test:
	.venv/bin/pytest

fast:
	.venv/bin/pytest -n 2 -m "not slow"

check:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

benchmark:
	.venv/bin/python benchmarks/cost.py

speed:
	.venv/bin/python benchmarks/speed.py
