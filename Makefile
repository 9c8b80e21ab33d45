# Everything runs from .venv; the set-up is skipped when nothing it depends on has changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
STAMP := $(VENV)/installed
TEST ?=
EXAMPLES ?= 1000

.DEFAULT_GOAL := help
.PHONY: help install run test check format lock openapi si cldr train-ner train-claims fuzz bench soak bench-check bench-update score clean clients

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

install: $(STAMP) ## set up .venv with the locked versions

$(STAMP): pyproject.toml locks/build.txt locks/development.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Jujang needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV): some 700 MB, a minute or two ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --quiet --require-hashes -r locks/build.txt
	@$(PIP) install --quiet --require-hashes --no-build-isolation -r locks/development.txt
	@$(PIP) install --quiet --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP) ## start Redis, workers and the API, show a sample, serve on 127.0.0.1:8000 until Ctrl-C (HOST, PORT, WORKERS)
	@exec $(BIN)/jujang up --sample

test: $(STAMP) ## all tests (TEST="tests/x.py -k y" for some)
	@$(BIN)/python -m pytest $(TEST)

check: $(STAMP) ## formatting, lint, types, import directions, openapi.yaml up to date
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m service.openapi --check

format: $(STAMP) ## format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

openapi: $(STAMP) ## write openapi.yaml from the schemas
	@$(BIN)/python -m service.openapi

si: $(STAMP) ## write workers/lexicons/si_factors.toml from si_units.toml
	@$(BIN)/python -m workers.training.si_factors

cldr: $(STAMP) ## write workers/lexicons/cldr.toml from Unicode's names of countries and currencies
	@$(BIN)/python -m workers.training.cldr

train-ner: $(STAMP) ## train the names model from ../shared
	@$(BIN)/python -m workers.training.ner

train-claims: $(STAMP) ## train the claims models from ../shared
	@$(BIN)/python -m workers.training.claims

clients: ## the locked packages of npm that one test generates and compiles a TypeScript client with
	@mkdir -p var/typescript-client
	@cp tests/e2e/clients/typescript/* tests/e2e/clients/typescript/.npmrc var/typescript-client/
	@cd var/typescript-client && npm ci --silent

fuzz: $(STAMP) ## requests made from openapi.yaml against the running service (EXAMPLES=1000 an operation, minutes)
	@FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/fuzz -s

bench: $(STAMP) ## the figures of the README (ratios in one run)
	@$(BIN)/python -m benchmarks.pipeline
	@$(BIN)/python -m benchmarks.throughput --fork
	@$(BIN)/python -m benchmarks.latency
	@$(BIN)/python -m benchmarks.start
	@$(BIN)/python -m benchmarks.requests

soak: $(STAMP) ## half an hour of documents and random faults (SOAK_DOCUMENTS, SOAK_MINUTES)
	@$(BIN)/python -m benchmarks.soak

bench-check: $(STAMP) ## fail where extraction or queue is more than 15 % slower than benchmarks/ratios.json says
	@$(BIN)/python -m benchmarks.check

bench-update: $(STAMP) ## measure, and write benchmarks/ratios.json
	@$(BIN)/python -m benchmarks.check --update

score: $(STAMP) ## extract the gold documents of ../shared and score them
	@mkdir -p var
	@$(BIN)/jujang extract --jsonl ../shared/gold/seeds.jsonl --output var/seeds.jsonl
	@$(BIN)/python ../shared/eval/score.py ../shared/gold/seeds.jsonl var/seeds.jsonl

lock: ## lock the newest versions that pyproject.toml admits (needs uv on PATH)
	@uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate locks/build.in -o locks/build.txt
	@uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o locks/runtime.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra otel -c locks/runtime.txt pyproject.toml -o locks/otel.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev --extra otel --extra train -c locks/runtime.txt pyproject.toml -o locks/development.txt

clean: ## remove .venv, caches and the embedded Redis' data
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
