# Thin on purpose: everything but tests and linters is a subcommand of ./evergreen, which has its own --help.
PYTHON := .venv/bin/python
STRUCTURE := -m pytest -q tests/structure
export HYPOTHESIS_STORAGE_DIRECTORY := var/cache/hypothesis

.DEFAULT_GOAL := help
.PHONY: help setup demo up down clean status test lint lint-ci bench starts locks

help:  ## say what there is
	@echo "Evergreen: who of your customers has gone quiet, and when it began."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make demo LOG=orders.csv        your own purchases (columns customer, time, amount, currency)"
	@echo "  make demo ARGS='--help'         what else the demo can be told; the same for up, down, clean, status, bench"
	@echo
	@echo "Needs Python 3.11 or newer and nothing else. More commands: ./evergreen --help"

demo:  ## play a real shop's two years through the whole house, and say who went quiet
	./evergreen demo $(if $(LOG),--log '$(LOG)') $(ARGS)

up:  ## start Kafka, PostgreSQL and the four services, and say where they are
	./evergreen up $(ARGS)

down:  ## stop them; the data stay
	./evergreen down $(ARGS)

clean:  ## stop them and forget the data
	./evergreen clean $(ARGS)

status:  ## say what is running and how far it is
	./evergreen status $(ARGS)

setup:  ## make the Python environment for tests and linters (the others make their own)
	@./evergreen setup dev

test: setup  ## run every test, those on a real Kafka and PostgreSQL included
	@command -v node >/dev/null || ./evergreen setup node
	$(PYTHON) -m pytest $(ARGS)

lint: setup  ## mend what a machine can mend
	$(PYTHON) -m ruff check --fix-only .
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check .

lint-ci: export PYTHONDONTWRITEBYTECODE := 1
lint-ci: setup  ## format, rules, types, imports, structure: tells, never writes (but caches under var/)
	$(PYTHON) -m ruff format --no-cache --check .
	$(PYTHON) -m ruff check --no-cache .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --no-cache
	$(PYTHON) $(STRUCTURE)

bench:  ## measure the stage path and the insight path against four peers
	@./evergreen setup house
	@./evergreen setup bench
	.venv-bench/bin/python -m bench $(ARGS)

starts: setup  ## start and stop 200 fresh houses in a row (ARGS="--whole --times 20": with all services)
	$(PYTHON) -m tests.system.house.starts $(ARGS)

locks:  ## resolve requirements/*.in anew into hashed locks
	@./evergreen setup locks
	sh requirements/resolve.sh
