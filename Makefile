# Two commands for everybody: `make run` and `make test`. The others are for those who change something.

.DEFAULT_GOAL := environment
.PHONY: environment run test check lint format lock bench clean clean-environment

BIN := .venv/bin
MADE := .venv/made
PYTHON ?=

# The environment: exactly what requirements.lock names, wheels only, and this folder in place. A second time it is instant.
environment: $(MADE)

$(MADE): requirements.lock pyproject.toml
	@set -eu; \
	chosen=''; \
	for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3; do \
		if "$$python" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; \
		then chosen="$$python"; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
		echo 'Python 3.11, 3.12, 3.13 or 3.14 with its venv module is needed; PYTHON=/path/to/python names one.' >&2; exit 1; \
	fi; \
	echo "Making the environment in .venv with $$("$$chosen" --version) (about two minutes, once) ..."; \
	[ -x $(BIN)/python ] || "$$chosen" -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
		--no-deps --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
		--no-deps --no-build-isolation -e .
	@touch $@

# The starter corpus into ~/.plumbline (or $$PLUMBLINE_HOME), then the pages.
run: environment
	@$(BIN)/plumbline ingest --starter
	@$(BIN)/plumbline serve --open

test: environment
	@$(BIN)/pytest -n 2 --dist loadscope

# What continuous integration runs.
check: lint
	@$(BIN)/pytest -n 2 --dist loadscope --cov --cov-report=term

lint: environment
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: environment
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

# Needs uv. Every Python and system that pyproject.toml names, in one file, with hashes and without addresses.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock

bench: environment
	@$(BIN)/plumbline bench

clean:
	rm -rf build dist reports .coverage .coverage.* *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find assistant corpus evals guards tests -name __pycache__ -type d -prune -exec rm -rf {} +

clean-environment:
	rm -rf .venv
