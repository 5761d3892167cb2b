# The platform's commands. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help up dev check test lint format schema lock clean bench drills soak screenshots dashboards dashboards-preview configuration docs release releases rolling
PORT ?= 8000
PY := .venv/bin/python
SOURCES := platform_site accounts gateway images deploy tests bench drills docs/site manage.py
SPA := frontend/dist/index.html
SPA_SOURCES := $(shell find frontend/src frontend/public frontend/scripts frontend/*.json frontend/*.ts frontend/index.html gateway/openapi.json -type f 2>/dev/null)
BEGAN := $(shell date +%s)
LOCK := .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
SPECTACULAR := LOG_LEVEL=ERROR $(PY) manage.py spectacular --format openapi-json --fail-on-warn --validate

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-20s %s\n", $$1, $$2 }'

up: .venv/.runtime $(SPA) ## run the whole platform here (PORT=8000), no server needed
	@$(PY) -u manage.py up --port $(PORT)

dev: .venv/.development ## the platform with reload of Python and of the pages (PORT=8000; pages at 5173)
	@sh .ci/dev $(PORT)

test: .venv/.development ## set up and run every test (ARGS="tests/images -k fencing" for some, LANES=2)
	@RUN_BEGAN_AT=$(BEGAN) $(PY) -m tests.run $(ARGS)

check: .venv/.development ## lint what has changed and run the tests that need no server (BASE=main)
	@RUN_BEGAN_AT=$(BEGAN) SOURCES="$(SOURCES)" $(PY) -m tests.check $(BASE)

lint: .venv/.development ## ruff, mypy, import contracts, migrations, the published schema, the SPA
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint-types lint-pages lint-rules

.PHONY: lint-types lint-pages lint-rules
lint-types:
	@$(PY) -m mypy $(SOURCES)

lint-pages:
	@sh .ci/frontend lint

lint-rules:
	@$(PY) -m ruff check $(SOURCES)
	@$(PY) -m ruff format --check $(SOURCES)
	@.venv/bin/lint-imports --no-logo
	@LOG_LEVEL=ERROR $(PY) manage.py makemigrations --check --dry-run
	@LOG_LEVEL=ERROR $(PY) -m tests.upgrades
	@mkdir -p var && $(SPECTACULAR) --file var/openapi.json && cmp var/openapi.json gateway/openapi.json \
		|| { echo "The API has changed: run make schema, and commit gateway/openapi.json."; exit 1; }

format: .venv/.development ## format the code
	@$(PY) -m ruff check --fix-only -q $(SOURCES)
	@$(PY) -m ruff format $(SOURCES)
	@sh .ci/frontend format

.PHONY: backup rehearse restore
backup: .venv/.runtime ## save the platform of var/, running or not (TO=s3://bucket/prefix or a directory; default var/backups)
	@LOG_LEVEL=WARNING $(PY) -u manage.py backup --to "$(TO)"

rehearse: .venv/.runtime ## restore the newest backup on trial, compare all of it, and say how long it took (FROM=..., KEY=...)
	@LOG_LEVEL=WARNING $(PY) -u manage.py rehearse_restore --from "$(FROM)" $(if $(KEY),--key-file "$(KEY)")

restore: .venv/.runtime ## put back a backup (FROM=..., KEY=file with its passphrase, ARGS=--force over what is here)
	@LOG_LEVEL=WARNING $(PY) -u manage.py restore --from "$(FROM)" $(if $(KEY),--key-file "$(KEY)") $(ARGS)

schema: .venv/.development ## write the OpenAPI document that the gateway serves, and the SPA's types from it
	@$(SPECTACULAR) --file gateway/openapi.json
	@sh .ci/frontend types

screenshots: .venv/.development $(SPA) ## pictures of every page: wide, narrow, dark, Arabic (var/screenshots)
	@sh .ci/packages
	@$(PY) -m tests.browser.screenshots

configuration: .venv/.development ## write docs/configuration.md anew from the readers of variables
	@$(PY) -m deploy.configuration

dashboards: .venv/.development ## write the Grafana dashboards anew from deploy/grafana/source
	@$(PY) -m deploy.grafana.source

dashboards-preview: .venv/.development ## pictures of every dashboard from live data (var/dashboards)
	@sh .ci/packages
	@$(PY) -m tests.observability.preview

docs: .venv/.development ## build the documentation site into var/docs; a broken link fails
	@sh .ci/frontend
	@$(PY) -m sphinx -E -W -q -b html -c docs/site . var/docs
	@echo "Open var/docs/index.html."

.PHONY: rollouts
rollouts: .venv/.development ## ten bad releases and twenty good ones, given to a few first (GOOD=20)
	@sh .ci/packages
	@$(PY) -m tests.rollouts $(or $(GOOD),20)

bench: .venv/.development ## measure against peers, side by side (see bench/README.md)
	@$(PY) -m bench

drills: .venv/.development ## break the platform on purpose, under load, and judge it (ONLY=a,b JOBS=1000 ARGS=--list)
	@sh .ci/packages
	@sh .ci/store
	@$(PY) -m drills --only "$(ONLY)" --jobs "$(or $(JOBS),60)" $(ARGS)

soak: .venv/.development ## mixed traffic for a while, and whether anything grew (MINUTES=20, PAUSE=0.2 seconds between the pictures of each person)
	@sh .ci/packages
	@sh .ci/store
	@$(PY) -m drills.soak --minutes "$(or $(MINUTES),20)" $(if $(PAUSE),--pause "$(PAUSE)")

releases: .venv/.development ## the release before and this one side by side, forwards and back, under load (REQUESTS=10000)
	@sh .ci/packages
	@sh .ci/store
	@$(PY) -m tests.upgrades.two_releases $(or $(REQUESTS),10000)

rolling: .venv/.development ## replace every role pod by pod under load, nginx too (REQUESTS=10000)
	@sh .ci/packages
	@sh .ci/store
	@$(PY) -m tests.upgrades.rolling $(or $(REQUESTS),10000)

release: .venv/.runtime ## make a release of the project: a commit and a tag, not pushed (VERSION=1.2.3)
	@$(PY) -m deploy.project_release "$(VERSION)"

lock: .venv/.development ## write the lock files anew from pyproject.toml
	@$(LOCK) --extra granian --extra tracing pyproject.toml -o requirements.lock
	@$(LOCK) --extra granian --extra tracing --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove the environment, builds and caches; data in var/ stays
	@rm -rf .venv frontend/node_modules frontend/dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis .import_linter_cache

$(SPA): .venv/.runtime $(SPA_SOURCES) .ci/frontend
	@sh .ci/frontend build && touch $@

.venv/.runtime: requirements.lock
	@sh .ci/environment requirements.lock && touch $@

.venv/.development: requirements-dev.lock
	@sh .ci/environment requirements-dev.lock && touch $@ .venv/.runtime

include deploy/k8s/tools/deploy.mk
