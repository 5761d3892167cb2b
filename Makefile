# The platform's commands. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help up test lint format lock clean bench
PORT ?= 8000
PY := .venv/bin/python
SOURCES := platform_site accounts gateway images tests bench manage.py

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-16s %s\n", $$1, $$2 }'

up: .venv/.runtime ## run the whole platform here (PORT=8000), no server needed
	@$(PY) manage.py up --port $(PORT)

test: .venv/.development ## set up and run every test
	@$(PY) -m pytest $(ARGS)

lint: .venv/.development ## ruff, mypy, import contracts, migrations
	@$(PY) -m ruff check $(SOURCES)
	@$(PY) -m ruff format --check $(SOURCES)
	@$(PY) -m mypy $(SOURCES)
	@.venv/bin/lint-imports --no-logo
	@LOG_LEVEL=ERROR $(PY) manage.py makemigrations --check --dry-run

format: .venv/.development ## format the code
	@$(PY) -m ruff check --fix-only -q $(SOURCES)
	@$(PY) -m ruff format $(SOURCES)

bench: .venv/.development ## measure against peers, side by side (see bench/README.md)
	@$(PY) -m bench

lock: .venv/.development ## write the lock files anew from pyproject.toml
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove the environment and caches; data in var/ stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/.runtime: requirements.lock
	@sh .ci/environment requirements.lock && touch $@

.venv/.development: requirements-dev.lock
	@sh .ci/environment requirements-dev.lock && touch $@ .venv/.runtime
