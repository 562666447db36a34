# Needs make, python3 (3.11 or later) and python3-venv; nothing here needs root.
# Everything is installed in .venv, from locks whose hashes are checked.

PYTHON ?= python3
VENV := .venv
PROVIDER := tests/web/accounts/openid_provider
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
LOCK := .venv-lock/bin/uv --quiet pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

export PYTHONUTF8 := 1
export PIP_USER := 0

.DEFAULT_GOAL := help
.PHONY: help install demo test coverage provider check format lint types rooms fix soak bench docs lock vendor clean

help: ## say what can be made
	@echo "make what:"
	@sed -n 's/^\([a-z]*\):.*## /  \1:/p' Makefile | expand -t 4 | sed 's/:/\t/' | expand -t 14

install: $(VENV)/web.stamp ## install fairpractice and its service in .venv

demo: $(VENV)/web.stamp ## make a fictional network, report on it, and run the service over it (SERVE=no: not)
	$(VENV)/bin/fairpractice demo $(if $(filter no,$(SERVE)),,--serve)

test: $(VENV)/test.stamp provider check ## check and test everything; ends by naming what it left out
	$(PY) -m pytest -n auto --dist loadgroup

coverage: $(VENV)/test.stamp provider ## test everything and report which lines were run (half as long again)
	$(PY) -m pytest -n auto --dist loadgroup --cov --cov-report=term

check: format lint types rooms ## format, lint, types, the order of the rooms

format: $(VENV)/test.stamp
	@$(PY) -m ruff format --check --quiet . \
		|| { echo "Some files are not formatted: make fix" >&2; exit 1; }

lint: $(VENV)/test.stamp
	@$(PY) -m ruff check --quiet .

types: $(VENV)/test.stamp
	@$(PY) -m mypy --no-error-summary

rooms: $(VENV)/test.stamp
	@$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo

fix: $(VENV)/test.stamp ## format the code, and mend what can be mended
	$(PY) -m ruff check --fix --quiet . || true
	$(PY) -m ruff format --quiet .

soak: $(VENV)/test.stamp ## the long tests
	$(PY) -m pytest -m soak

bench: $(VENV)/test.stamp ## measure against hand-written SQL (takes a while)
	$(PY) -m benchmarks

docs: $(VENV)/test.stamp ## write docs/reference/ from the code
	$(PY) -m docs.generate

lock: .venv-lock/bin/uv ## resolve the requirements again (UPGRADE=--upgrade for newer ones)
	$(LOCK) $(UPGRADE) requirements/build.in -o requirements/build.txt
	$(LOCK) $(UPGRADE) pyproject.toml -o requirements/core.txt
	$(LOCK) $(UPGRADE) pyproject.toml -c requirements/core.txt --extra spark -o requirements/spark.txt
	$(LOCK) $(UPGRADE) pyproject.toml -c requirements/spark.txt --extra web -o requirements/web.txt
	$(LOCK) $(UPGRADE) pyproject.toml -c requirements/spark.txt -c requirements/web.txt \
		-c requirements/build.txt --extra spark --extra web --extra test -o requirements/test.txt

vendor: $(VENV)/web.stamp ## take the NHS's styles and script from their package again (needs npm)
	@mkdir -p build && npm pack --silent --pack-destination build nhsuk-frontend@10.6.1
	$(PY) -m fairpractice.web.config.vendor build/nhsuk-frontend-10.6.1.tgz

clean: ## remove what was installed and made
	rm -rf $(VENV) .venv-lock $(PROVIDER)/node_modules demo build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

# A stamp says that an installation was finished, so that a second run does not repeat it.

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fairpractice needs Python 3.11 or later")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "There is no venv for $(PYTHON). Install it: sudo apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/core.stamp: $(VENV)/made.stamp requirements/build.txt requirements/core.txt pyproject.toml
	@echo "Installing fairpractice and what it needs (700 MB) in $(VENV) ..."
	$(PIP) --require-hashes -r requirements/build.txt
	$(PIP) --require-hashes --no-build-isolation -r requirements/core.txt
	$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/web.stamp: $(VENV)/core.stamp requirements/web.txt
	@echo "Installing what the service needs (150 MB) in $(VENV) ..."
	$(PIP) --require-hashes --no-build-isolation -r requirements/web.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/web.stamp requirements/test.txt
	@echo "Installing what the tests need (800 MB, most of it Spark) in $(VENV) ..."
	$(PIP) --require-hashes --no-build-isolation -r requirements/test.txt
	@touch $@

# Without Node.js the tests that need the provider are left out, and the run says so.
provider:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(PROVIDER)/node_modules/.stamp; fi

$(PROVIDER)/node_modules/.stamp: $(PROVIDER)/package-lock.json
	@echo "Installing the OpenID provider of the tests (9 MB) ..."
	@npm ci --prefix $(PROVIDER) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

.venv-lock/bin/uv:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv
