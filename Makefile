# `make help` lists the commands. s=booking limits test, lint, format and logs to one service.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BOOTSTRAP := python3 deploy/local/bootstrap.py
PYTHON := .venv/bin/python
LAUNCH := $(BOOTSTRAP) -m launcher
s ?=

# Programs that test-bare hides (launcher/binaries.py).
BARE := docker postgres rabbitmq nginx node chromium firefox openssl shellcheck

# The folder of a service has its name; only that of the registry differs.
FOLDER := $(if $(s),$(firstword $(wildcard services/$(s) services/instrument-$(s) deploy/$(s))))
PACKAGES := $(if $(s),$(FOLDER),$(wildcard services/* deploy/local deploy/sandbox))
SOURCES := $(wildcard $(addsuffix /src,$(PACKAGES)))
CHECKED := $(if $(s),$(FOLDER),services deploy tests)

export TIER BUS PORTAL GATEWAY_PORT SANDBOX_PORT

help:  ## this list
	@grep -hE '^[a-z -]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z -]+):.*## /\1\t/' | expand -t 14

run:  ## set up if needed, run the platform here until Ctrl-C (BUS=rabbitmq, TIER=carried, GATEWAY_PORT=…)
	@$(LAUNCH) run

up:  ## the same in the background; returns when it is healthy
	@$(LAUNCH) up

down:  ## stop exactly what was started, keep the data
	@$(LAUNCH) down

clean:  ## stop it and delete its data (.run)
	@$(LAUNCH) clean

status:  ## what runs, and whether it is healthy
	@$(LAUNCH) status

logs:  ## show the logs (s=booking: of one service)
	@$(LAUNCH) logs $(s)

portal:  ## build the browser portal (run and up do it if something changed; PORTAL=off does without)
	@$(LAUNCH) portal

test:  ## every test except most browser tests; starts its servers (s=booking: of one service)
	@$(if $(s),:,$(LAUNCH) portal test)
	@$(BOOTSTRAP) --dev tests/suite.py $(if $(s),--service $(s))

test-unit:  ## tests that need no server, a few seconds
	@$(BOOTSTRAP) --dev tests/suite.py --only unit $(if $(s),--service $(s))

test-bare:  ## make test as on a machine with only Python and make: hides installed servers, Node and Chromium
	@HIDE="$(BARE)" CI= $(MAKE) --no-print-directory test

test-browser:  ## the browser portal, on a whole platform, in Chromium
	@$(BOOTSTRAP) --dev tests/suite.py --only browser

test-portal:  ## the browser portal's own checks: types, oxlint, vitest
	@$(LAUNCH) portal check
	@$(LAUNCH) portal test

lint:  ## ruff and mypy --strict; vue-tsc, oxlint and Prettier for the portal
	@$(BOOTSTRAP) --dev -m ruff check $(CHECKED)
	@$(PYTHON) -m ruff format --check $(CHECKED)
	@$(PYTHON) -m mypy $(SOURCES)
	@$(if $(s),:,$(LAUNCH) portal check)

format:  ## let ruff and Prettier lay out the code
	@$(BOOTSTRAP) --dev -m ruff format $(CHECKED)
	@$(PYTHON) -m ruff check --fix $(CHECKED)
	@$(LAUNCH) portal format

migrate:  ## migrate the five databases (of the running platform, or with servers started for it)
	@$(LAUNCH) migrate

check-copies dead-letters replay rotate-keys:  ## of the running platform: compare replicas, list failed events, retry them, make a new token key
	@$(LAUNCH) $@

bench:  ## measure against bare means, one JSON line per figure (s=lists: only these); takes minutes and needs a quiet machine
	@$(BOOTSTRAP) --dev tests/bench/run.py $(s)

demo: up  ## run the whole journey through the gateway and print what happens
	@$(BOOTSTRAP) --dev tests/journeys/demo.py

contracts:  ## write the OpenAPI snapshots into contracts/
	@$(BOOTSTRAP) --dev tests/contracts/snapshot.py

triggers:  ## write the lists of database triggers (TRIGGERS.md), from freshly migrated databases
	@$(BOOTSTRAP) --dev tests/architecture/triggers.py

ci:  ## all checks of CI (as root: installs Debian packages)
	@.ci/run

.PHONY: help run up down clean status logs test test-unit test-bare lint format migrate demo contracts triggers ci portal test-browser test-portal check-copies dead-letters replay rotate-keys bench
