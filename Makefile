# make demo | test | run | check | docs | load. Everything is installed into .venv, from pinned requirements.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
REALTIME_PORT ?= 8001
ARGS ?=
# A part of the tests covers a part of the code: coverage is measured where no ARGS choose.
COVERAGE := $(if $(ARGS),,--cov=audio --cov=voiceprints)
BIN := .venv/bin
LAPTOP := $(BIN)/python -m spark_control.laptop
RUN_SETS := base library cpu_engine laptop
DEV_SETS := $(RUN_SETS) s3 dev
# Clients that the tests run, each in a folder of its own: their versions exclude each other.
PYTHON_CLIENTS := sdk_1 sdk_2 wyoming_openai livekit pipecat
NODE_CLIENTS := sdk/node6 sdk/node7 browser/axe clients/ai_sdk
# Their services for agents, over the product's own packages: what the product has is not installed
# again, and what only other services import (170 MB of LLVM, say) is not installed at all.
AGENTS := livekit pipecat
NOT_IMPORTED := llvmlite numba onnxruntime polars polars-runtime-32 resampy
AUDITED := $(DEV_SETS) nvidia_engine docs figures
AUDIT := PYTHONPATH=.venv/audit $(BIN)/python -m pip_audit --disable-pip --no-deps --progress-spinner off --timeout 10
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
# Offline: the pages, and the files they load, are written to var/docs, where the gateway serves them.
BUILD_DOCS := DJANGO_SETTINGS_MODULE=spark_control.mypy_settings NO_MKDOCS_2_WARNING=1 \
	$(BIN)/python -m mkdocs build --strict --quiet
DOCS_SOURCES := mkdocs.yml .env.example $(shell find docs -type f -not -name '*.pyc')
# The wheel has its own node; the machine's node is not used.
NPM := $(CURDIR)/$(BIN)/npm

.DEFAULT_GOAL := help
.PHONY: help demo test run check docs prose audit litellm nvidia-wheels oracle nvidia-weights-from-nemo lock figures bench load clean

help:
	@echo "make demo    a two-track meeting in, a named transcript out (first time: sets everything up)"
	@echo "make run     the gateway on http://$(HOST):$(PORT), with the built-in engine, a database and a worker"
	@echo "             and realtime sessions on ws://$(HOST):$(REALTIME_PORT)/v1/realtime"
	@echo "             PORT=8123 REALTIME_PORT=8124 PARAKEET_URL=http://... make run ARGS=--no-database"
	@echo "make test    the tests; ARGS='-k name' for some of them, ARGS='-m \"not models\"' for the quick ones,"
	@echo "             ARGS='-n 0' in one process instead of two, as a debugger wants it"
	@echo "make check   ruff, mypy, import contracts, prose, migrations, system checks, docs, audit, tests"
	@echo "make docs    the pages under docs/, built into var/docs; a running gateway serves them under /docs/"
	@echo "make prose   the phrases that tests/prose/patterns.toml bans; ARGS=PATH for a part of the tree"
	@echo "make audit   known vulnerabilities in the pinned packages, where a source of them can be reached"
	@echo "make figures error rates with the built-in engine (needs a C++ compiler)"
	@echo "make load    a minute of 64 clients, while one engine at a time is broken in each way"
	@echo "make bench   what the gateway adds in time and memory; ARGS='added uploads' for some of it"
	@echo "make litellm what LiteLLM's proxy passes on (installs 406 MB)"
	@echo "make nvidia-wheels  the NVIDIA engine's wheels for amd64 and arm64 can be found"
	@echo "make oracle  the NVIDIA engine's numbers beside NeMo's and transformers' (installs 2.3 GB or more)"
	@echo "make nvidia-weights-from-nemo  export MODELS/*.nemo to OUT as ONNX; MODELS=DIR OUT=DIR"
	@echo "make lock    pin the requirements again, from requirements/*.in"

demo: .venv/run.stamp
	@$(LAPTOP) --no-database --data var/demo -- $(BIN)/python -m benchmarks.demo

run: .venv/run.stamp var/docs/index.html
	@$(LAPTOP) --admin --worker --realtime $(HOST):$(REALTIME_PORT) $(ARGS) -- $(BIN)/python -m spark_control.server \
		--bind $(HOST):$(PORT)

# Each of the hundreds of processes that the tests start would compile the product anew where the
# environment forbids Python to keep what it compiled.
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/clients.stamp var/docs/index.html
	@command -v chromium >/dev/null \
		|| echo "No chromium: the tests in a browser are skipped (apt-get install chromium)."
	@$(LAPTOP) --data var/test -- $(BIN)/pytest -n 3 --dist loadfile --max-worker-restart=1 --durations=15 $(COVERAGE) $(ARGS)

check: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m tests.prose
	$(LAPTOP) --no-engines --data var/test -- sh -euc '\
		$(BIN)/python manage.py makemigrations --check --dry-run; \
		$(BIN)/python manage.py check --fail-level ERROR; \
		$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null'
	@$(MAKE) --no-print-directory docs
	@$(MAKE) --no-print-directory audit
	@$(MAKE) --no-print-directory test

docs: .venv/docs.stamp
	@$(BUILD_DOCS)

var/docs/index.html: .venv/docs.stamp $(DOCS_SOURCES)
	@$(BUILD_DOCS)

prose: .venv/dev.stamp
	@$(BIN)/python -m tests.prose $(ARGS)

# A source counts as reached when it lists a well-known vulnerability: a mirror answers too, and lists none.
audit: .venv/audit.stamp
	@for source in pypi osv; do \
		if echo django==4.2.0 | $(AUDIT) --vulnerability-service $$source -r /dev/stdin 2>&1 \
			| grep -qE "(PYSEC|GHSA|CVE)-"; then \
			echo "Auditing pinned packages by $$source …"; \
			$(AUDIT) --vulnerability-service $$source $(AUDITED:%=-r requirements/%.txt); exit; \
		fi; \
	done; \
	echo "NOTHING WAS AUDITED: no list of known vulnerabilities, PyPI's or OSV's, can be reached from here."

figures: .venv/figures.stamp
	@$(LAPTOP) --no-database --data var/figures -- $(BIN)/python -m benchmarks.figures $(ARGS)

bench: .venv/bench.stamp
	@$(LAPTOP) --no-engines --data var/bench -- $(BIN)/python -m benchmarks.gateway $(ARGS)

load: .venv/run.stamp
	@$(BIN)/python -m benchmarks.load $(ARGS)

# Apart from `make test`, for its size and the seconds that its proxy takes to start.
litellm: .venv/litellm/stamp
	@$(LAPTOP) --no-engines --no-database --data var/test -- $(BIN)/pytest -n 0 tests/clients/test_litellm_proxy.py

# Both architectures' wheels, chosen and hashed without installing them; downloads some gigabytes.
nvidia-wheels: .venv/bin/python
	@for machine in x86_64 aarch64; do \
		$(BIN)/python -m pip install -qq --dry-run --ignore-installed --require-hashes --only-binary=:all: \
			--python-version 3.12 --target /nowhere --platform manylinux_2_34_$$machine --platform manylinux_2_28_$$machine \
			--platform manylinux_2_27_$$machine --platform manylinux_2_17_$$machine --platform manylinux2014_$$machine \
			-r requirements/nvidia_engine.txt && echo "$$machine: all wheels found" || exit 1; done

oracle: .venv/oracle/stamp
	@.venv/oracle/bin/python -m benchmarks.nvidia_oracle $(ARGS)

nvidia-weights-from-nemo: .venv/oracle/stamp
	@test -n "$(MODELS)" -a -n "$(OUT)" || { echo "Name the folders: make $@ MODELS=DIR OUT=DIR"; exit 2; }
	@.venv/oracle/bin/python -m benchmarks.nvidia_oracle.nemo_export $(MODELS) $(OUT)

lock: .venv/dev.stamp
	@for set in $(DEV_SETS) nvidia_engine nvidia_engine_cpu docs figures bench audit $(PYTHON_CLIENTS) litellm; do \
		case $$set in wyoming_openai|nvidia_engine*) oldest=3.12;; *) oldest=3.11;; esac; \
		case " $(AGENTS) litellm " in *" $$set "*) left_out="$(NOT_IMPORTED:%=--no-emit-package %)";; *) left_out=;; esac; \
		case " $(AGENTS) " in *" $$set "*) left_out="$$left_out $$(sed -nE 's/^([a-z0-9_.-]+)==.*/--no-emit-package \1/p' \
			requirements/base.txt requirements/dev.txt | tr '\n' ' ')";; esac; \
		(cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version $$oldest \
		--generate-hashes --no-header $$left_out $$set.in -o $$set.txt) || exit 1; done
	@for client in $(NODE_CLIENTS); do \
		(cd tests/$$client && $(NPM) install --silent --package-lock-only) || exit 1; done

clean:
	rm -rf .venv var

# --- set-up ----------------------------------------------------------------------------------

.venv/bin/python:
	@echo "Making .venv with $$($(PYTHON) --version) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python's venv module is missing: apt install python3-venv"; exit 1; }

.venv/run.stamp: .venv/bin/python $(RUN_SETS:%=requirements/%.txt)
	@echo "Installing pinned packages …"
	@$(INSTALL) $(RUN_SETS:%=-r requirements/%.txt) \
		|| { echo "Installing failed: is a package registry reachable? Then run make again."; exit 1; }
	@touch $@

.venv/docs.stamp: .venv/run.stamp requirements/docs.txt
	@echo "Installing the tools that build the documentation …"
	@$(INSTALL) -r requirements/docs.txt \
		|| { echo "Installing failed: is a package registry reachable? Then run make again."; exit 1; }
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo "Installing the tools for tests and checks …"
	@$(INSTALL) -r requirements/dev.txt \
		|| { echo "Installing failed: is a package registry reachable? Then run make again."; exit 1; }
	@touch $@

# wyoming-openai asks for Python 3.12; tests/clients/wyoming_openai_program.py says how 3.11 runs it.
.venv/clients.stamp: .venv/dev.stamp $(PYTHON_CLIENTS:%=requirements/%.txt) \
		$(NODE_CLIENTS:%=tests/%/package-lock.json)
	@echo "Installing the clients that the tests run …"
	@rm -rf .venv/clients
	@for set in $(PYTHON_CLIENTS); do \
		$(INSTALL) --no-deps --no-compile --ignore-requires-python --target .venv/clients/$$set \
		-r requirements/$$set.txt || exit 1; done
	@for client in $(NODE_CLIENTS); do \
		into=.venv/clients/$$(basename $$client); \
		mkdir -p $$into && cp tests/$$client/package*.json $$into \
		&& (cd $$into && $(NPM) ci --silent --no-audit --ignore-scripts) || exit 1; done
	@touch $@

.venv/litellm/stamp: .venv/dev.stamp requirements/litellm.txt
	@echo "Installing LiteLLM's proxy …"
	@rm -rf .venv/litellm
	@$(INSTALL) --no-deps --no-compile --target .venv/litellm -r requirements/litellm.txt
	@touch $@

.venv/audit.stamp: .venv/bin/python requirements/audit.txt
	@echo "Installing the auditing tool …"
	@rm -rf .venv/audit
	@$(INSTALL) --no-deps --target .venv/audit -r requirements/audit.txt
	@touch $@

# Apart from the rest: NeMo pins packages that the product pins otherwise.
.venv/oracle/stamp: .venv/bin/python requirements/nvidia_oracle.in
	@echo "Installing NeMo and transformers …"
	@$(PYTHON) -m venv .venv/oracle
	@.venv/oracle/bin/python -m pip install -qq --disable-pip-version-check -r requirements/nvidia_oracle.in \
		|| { echo "Installing failed: is a package registry reachable? Then run make again."; exit 1; }
	@touch $@

.venv/figures.stamp: .venv/run.stamp requirements/figures.txt
	@echo "Installing and compiling the tools that measure quality …"
	@$(INSTALL) -r requirements/figures.txt
	@touch $@

.venv/bench.stamp: .venv/run.stamp requirements/bench.txt
	@echo "Installing the tools that draw and profile …"
	@$(INSTALL) -r requirements/bench.txt
	@touch $@
