# Two commands are all a newcomer needs: `make demo` and `make test`. Both need Python >= 3.11 and make, no more.
# Paths are relative and quoted throughout, so that the directory's name may contain spaces.

SHELL = /bin/sh
PYTHON = python3
PORT = 8000
ARGS =
CMD = help
SIZE = national

PY = .venv/bin/python
EMBEDDED = $(PY) -m lsg_portal.embedded
# `exec` makes the launcher make's own child, and --with-parent lets it notice when make is killed.
RUN = exec env LSG_TESTING=1 $(EMBEDDED) run --with-parent
PIP_FLAGS = -qq --disable-pip-version-check --no-input --require-hashes
PYTEST = $(PY) -m pytest -n 2 --dist worksteal $(ARGS)

.PHONY: help demo manage test test-services check audit bench bench-submit messages lock clean distclean

help:
	@echo 'make demo [PORT=8000]       the portal with demonstration data, until Ctrl-C'
	@echo 'make manage CMD="..."       a management command against the running demo'
	@echo 'make test [ARGS="-k ..."]   all tests, on PostgreSQL and Valkey of their own'
	@echo 'make test-services          the same on the PostgreSQL and Redis of the system'
	@echo 'make check                  everything CI checks apart from the tests'
	@echo 'make audit                  look the pinned packages up in the advisories of the package index (network)'
	@echo 'make bench [SIZE=world]     the measurements of docs/scale.md'
	@echo 'make bench-submit           every office with three people handing in its report within ten minutes'
	@echo 'make messages               bring the message catalogues up to date'
	@echo 'make lock                   pin requirements anew'
	@echo 'make clean, make distclean  remove data and caches; and the virtual environment too'

# --- the virtual environment -------------------------------------------------------------------------------

# Debian splits `ensurepip` off into python3-venv; the pip of the system can fill the environment as well.
.venv/made:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or newer is needed; name one with `make ... PYTHON=/path/to/python3.11`.' >&2; exit 1; }
	@echo 'Making .venv'
	@if "$(PYTHON)" -c 'import ensurepip' 2>/dev/null; then "$(PYTHON)" -m venv .venv; \
	elif "$(PYTHON)" -m pip --version >/dev/null 2>&1; then "$(PYTHON)" -m venv --without-pip .venv; \
	else echo 'This Python can make no virtual environment (Debian: `apt-get install -y python3-venv`).' >&2; \
	  exit 1; fi
	@touch .venv/made

.venv/run.installed: .venv/made requirements.txt
	@echo 'Installing requirements.txt (the first time takes a minute or two)'
	@$(call install,requirements.txt)
	@touch $@

.venv/dev.installed: .venv/made requirements-dev.txt
	@echo 'Installing requirements-dev.txt (the first time takes a minute or two)'
	@$(call install,requirements-dev.txt)
	@touch $@

install = if $(PY) -c 'import pip' 2>/dev/null; then $(PY) -m pip install $(PIP_FLAGS) -r $(1); \
	else "$(PYTHON)" -m pip --python $(PY) install $(PIP_FLAGS) -r $(1); fi

# --- running -----------------------------------------------------------------------------------------------

demo: .venv/run.installed
	@exec $(EMBEDDED) demo --with-parent --port $(PORT)

manage: .venv/run.installed
	@exec $(EMBEDDED) manage -- $(CMD)

# --- testing -----------------------------------------------------------------------------------------------

browser_note = if [ -z "$$(command -v chromium || command -v chromium-browser || command -v google-chrome)" ]; \
	then echo 'No Chromium found: the browser tests are skipped. Install it with (Debian):'; \
	echo '  apt-get install -y chromium'; fi

test: .venv/dev.installed
	@$(browser_note)
	@$(RUN) --var var/test -- $(PYTEST)
	@$(browser_note)

test-services: .venv/dev.installed
	@$(RUN) --var var/test-services --source system --tcp -- $(PYTEST)

# Every check runs, whatever the one before it found.
check: .venv/dev.installed
	@$(RUN) --var var/check -- $(MAKE) --no-print-directory --keep-going all-checks

.PHONY: all-checks check-ruff check-format check-types check-imports check-templates check-migrations \
  check-migration-lint check-deploy check-messages
all-checks: check-ruff check-format check-types check-imports check-templates check-migrations \
  check-migration-lint check-deploy check-messages
	@echo 'All checks passed.'

check-ruff:
	$(PY) -m ruff check .
check-format:
	$(PY) -m ruff format --check .
check-types:
	$(PY) -m mypy .
check-imports:
	.venv/bin/lint-imports
check-templates:
	$(PY) -m djlint --quiet --lint templates
check-migrations:
	$(PY) manage.py makemigrations --check --dry-run
check-migration-lint:
	$(PY) manage.py lintmigrations
check-deploy:
	env -u LSG_TESTING LSG_ALLOWED_HOSTS=register.example $(PY) manage.py check --deploy --fail-level WARNING
check-messages:
	$(PY) manage.py check_messages

# Where no advisories can be read (exit code 3) this says so; LSG_REQUIRE_AUDIT=1 makes that a failure.
audit: .venv/made
	@$(PY) .ci/audit_dependencies.py $(ARGS) || { code=$$?; test $$code -eq 3 && test -z "$$LSG_REQUIRE_AUDIT"; }

bench: .venv/dev.installed
	@$(RUN) --var var/bench -- $(PY) -m bench --size $(SIZE) $(ARGS)

bench-submit: .venv/dev.installed
	@$(RUN) --var var/bench -- $(PY) -m bench.kpi_submit $(ARGS)

# --- upkeep ------------------------------------------------------------------------------------------------

messages: .venv/dev.installed
	@$(RUN) --var var/check -- $(PY) manage.py make_messages

uv_compile = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11

lock:
	@command -v uv >/dev/null || { echo 'This needs uv: https://docs.astral.sh/uv/' >&2; exit 1; }
	$(uv_compile) requirements.in -o requirements.txt
	$(uv_compile) -c requirements.txt requirements-dev.in -o requirements-dev.txt

# The launcher also removes what root's servers had to keep outside (see lsg_portal/embedded/account.py).
clean:
	@if [ -e .venv/run.installed ] || [ -e .venv/dev.installed ]; then $(EMBEDDED) clean; else rm -rf var; fi
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	@rm -rf .venv
