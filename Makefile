# Everything sets itself up: a machine needs Python 3.11, pip and make.

SHELL  := /bin/bash
VENV   := .venv
BIN    := $(VENV)/bin
PYTHON := $(BIN)/python
# one stamp for each place: a folder that was moved or copied is installed anew
STAMP  := $(VENV)/.installed-$(shell pwd | cksum | cut -d' ' -f1)
CHECKED := dsl engine api tests docs

# bytecode and the tables of the grammar are kept: a command starts in two thirds of the time
unexport PYTHONDONTWRITEBYTECODE

.PHONY: cover help run tour test check bench bench-http fmt docs clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: $(STAMP) ## start the service with the sample pack, and say where to look
	@mkdir -p var
	@$(BIN)/remit serve policies/sales policies/common --demo --database var/remit.db

tour: $(STAMP) ## check the sample pack and answer from it, on the command line
	@PATH="$(CURDIR)/$(BIN):$$PATH" ./examples/tour

test: $(STAMP) ## run every test
	$(PYTHON) -m pytest -n 2 --benchmark-disable -o faulthandler_timeout=300

check: $(STAMP) ## format, lint, types, layers, and the tests
	$(PYTHON) -m ruff format --check $(CHECKED)
	$(PYTHON) -m ruff check $(CHECKED)
	$(PYTHON) -m mypy --strict
	$(BIN)/lint-imports --no-cache
	$(PYTHON) -m pytest -n 2 --benchmark-disable -o faulthandler_timeout=300

cover: $(STAMP) ## the tests with coverage of lines and branches: half as long again
	$(PYTHON) -m pytest -n 2 --benchmark-disable -o faulthandler_timeout=300 --cov --cov-report=term

bench: $(STAMP) ## run the benchmarks
	$(PYTHON) -m pytest tests/benchmarks -s

bench-http: $(STAMP) ## run the benchmark of the service, beside a plain endpoint
	$(PYTHON) -m pytest tests/benchmarks/test_http.py -s

fmt: $(STAMP) ## format the code
	$(PYTHON) -m ruff check --select I --fix $(CHECKED)
	$(PYTHON) -m ruff format $(CHECKED)

docs: $(STAMP) ## write the pages that are made from the code, and the examples' output
	$(PYTHON) docs/write_errors.py
	REMIT_UPDATE=1 $(PYTHON) -m pytest tests/test_docs.py tests/test_examples.py

clean: ## remove everything that can be made again
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .benchmarks .hypothesis .pytest_cache .coverage .coverage.* htmlcov dist
	find dsl engine api tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml constraints.txt
	@echo "setting up $(VENV) (a minute or so the first time)"
	@{ python3.11 -m venv $(VENV) 2>/dev/null || python3 -m venv $(VENV); } \
	  && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "remit needs Python 3.11 or newer")'
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[durable]' >/dev/null 2>&1 \
	  || echo "durable-rules cannot be built here (it needs a C compiler): the rules of watches are matched by our own matcher"
	@touch $@
