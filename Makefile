# `make demo` and `make test` each set up everything they need in .venv/; a second call is quick.
PYTHON ?= python3
BIN := .venv/bin
SERVE ?= 1
PORT ?= 8057

.PHONY: demo test lint lock bench bench-full clean

demo: .venv/.run
	$(BIN)/nq57 demo $(if $(filter 0,$(SERVE)),--no-serve,--serve --port $(PORT))

test: .venv/.dev
	sh .ci/packages
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Each peer is installed into an environment of its own (benchmarks/environments); one that does not install is reported as such.
bench: .venv/.dev
	$(BIN)/python -m benchmarks.environments
	$(BIN)/python -m benchmarks $(ONLY)

# With what takes longer: what an article costs up to a million of them, and search on as many.
bench-full:
	$(MAKE) --no-print-directory bench ONLY=all

# What is pinned: pyproject.toml says what is wanted, the lock files what is installed, with digests.
lock: .venv/.dev
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --group build -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --group build --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON): Python 3.11 or newer is needed (make PYTHON=...)" >&2; exit 1; }
	$(PYTHON) -m venv .venv

# The model is trained when the package is installed, hence the dependency on what it learns from.
.venv/.run: .venv/bin/python requirements.lock pyproject.toml setup.py $(wildcard classifier/examples/*.jsonl classifier/labels/*.yaml classifier/*.py)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv benchmarks/.venv build dist *.egg-info data/demo classifier/model .mypy_cache .ruff_cache .pytest_cache
