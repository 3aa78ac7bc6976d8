# make run    open the window (or, with no display, render the same session to a picture)
# make test   every check that CI runs
# make bench  what a frame, a step and a start cost on this machine
# make shots  the pictures that README shows
#
# A machine with Python 3.11 or newer is enough: the first call makes .venv and installs requirements.lock into it.
# Another interpreter: make run PYTHON=python3.13. Arguments for the program: make run ARGS=ring8.

.POSIX:
.SUFFIXES:
.PHONY: run test bench shots lint lock clean distclean libraries

PYTHON = python3
VENV = .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed
PICTURES = resources/pictures
ARGS =

run: $(STAMP)
	@$(BIN)/python -m ganstudio $(ARGS)

test: $(STAMP) lint libraries
	$(BIN)/python -m pytest -n auto --dist worksteal

bench: $(STAMP)
	@mkdir -p out
	@$(BIN)/python -m ganstudio bench --json out/bench.json $(ARGS)

# name, preset, steps, theme and, for page Latent, a model: README shows these.
shots: $(STAMP)
	@mkdir -p $(PICTURES)
	@set -e; while read -r name preset steps theme model; do \
		$(BIN)/python -m ganstudio render $$preset --steps $$steps --theme $$theme $${model:+--model $$model} -o $(PICTURES)/$$name.png </dev/null; \
	done < $(PICTURES)/list.txt

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Run it in an environment whose packages were tested.
lock: $(STAMP)
	$(BIN)/python .ci/lock.py

clean:
	rm -rf build dist out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find ganstudio tests .ci -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)

# Qt needs a few libraries of the system even to paint without a display. Only a machine that lacks one is touched.
libraries: $(STAMP)
	@missing=$$($(BIN)/python -m ganstudio doctor --missing-packages apt) || exit 1; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq </dev/null && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing </dev/null; \
	else \
		$(BIN)/python -m ganstudio doctor; exit 1; \
	fi

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"GAN Studio needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": make PYTHON=python3.11 ...")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing into $(VENV); the first time takes a few minutes ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements.lock
	@touch $(STAMP)
