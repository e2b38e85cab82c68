# Two commands are all that a newcomer needs: `make run` and `make test`. Both begin with `make setup`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
BIN := .venv/bin

.PHONY: help setup run test test-fast test-postgres test-long test-api walks test-cluster coverage mutants bench soak \
  power-cut fuzz audit sbom release-check check format train vectors chromium widget lock clean

help: ## Show this list
	@grep -hE '^[a-zA-Z0-9_-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: ## Find Python 3.10, make .venv from the lock file, build the encoder
	@bot/deploy/setup.sh

run: setup ## Start Attune and print where to look (ATTUNE_PORT=8000)
	@$(BIN)/attune run

# Two workers share the files between them; one of them has all that needs the running Attune (tests/conftest.py).
SHARED := -n 2 --dist loadgroup --no-loadscope-reorder

# The browser tests run apart: Playwright keeps an event loop that async tests cannot share.
test: setup chromium ## Everything that a change could break: checks, unit, dialogue, browser and fault tests
	@$(MAKE) --no-print-directory check
	@$(BIN)/attune train
	@bot/deploy/debian.sh --optional redis-server
	@$(PY) -m pytest -m "not browser and not long" $(SHARED)
	@bot/deploy/postgres.sh --optional $(PY) -m pytest $(POSTGRES_TESTS)
	@$(PY) -m pytest -m browser $(SHARED)

test-fast: ## Unit tests only (no model, no processes)
	@$(PY) -m pytest -m "not model and not stack and not browser and not long" $(SHARED)

# What depends on the database: locks, constraints, the outbox.
POSTGRES_TESTS := -m "not long" tests/bot/web/booking/test_race.py tests/bot/web/booking/test_bookings.py \
  tests/bot/web/outgoing/test_outbox.py tests/bot/web/outgoing/test_resealing.py \
  tests/bot/web/chat/test_erasing_race.py tests/bot/web/chat/test_retention.py \
  tests/bot/serving/test_state_rows_on_postgresql.py \
  tests/bot/web/review/test_at_the_same_time.py tests/bot/web/records/test_taking_out.py \
  tests/bot/web/records/test_exporting_beside_the_chat.py

test-postgres: ## Booking, outbox, erasing, exports, dialogue states, review on PostgreSQL, in a cluster of its own (installs Debian's where this may be done)
	@bot/deploy/postgres.sh $(PY) -m pytest $(POSTGRES_TESTS)

test-long: ## Minutes: 100 rounds of the booking race on both databases, 200 bookings with a mail server that is killed
	@$(PY) -m pytest -m long
	@bot/deploy/postgres.sh $(PY) -m pytest -m long tests/bot/web/booking/test_race.py

test-api: ## The chat API against its served description, with 300 examples for each operation
	@$(PY) -m pytest --hypothesis-profile=long tests/bot/web/chat/test_schemathesis.py

walks: ## 2,000 random walks through rules and actions: no state without a way out (WALKS=2000; some minutes)
	@WALKS=$${WALKS:-2000} $(PY) -m pytest tests/walks -q --timeout 0

test-cluster: ## Many conversations on several processes that are killed and frozen (CLUSTER="--short")
	@bot/deploy/debian.sh redis-server nginx:nginx-light psql:postgresql-client
	@bot/deploy/postgres.sh $(PY) -m tests.cluster $(CLUSTER)

coverage: ## Lines and branches that tests reach (TESTS=tests/bot/safety OF='bot/safety/*': of one part, by its tests)
	@rm -f .coverage .coverage.*
	@$(PY) -m coverage run -m pytest $(or $(TESTS),-m "not browser and not long" $(SHARED)); tests=$$?; \
	  $(PY) -m coverage combine --quiet; $(PY) -m coverage report $(if $(OF),--include='$(OF)'); exit $$tests

mutants: ## Change bot/safety in a copy, one thing at a time, and show what its tests do not notice (MINUTES=15)
	@$(PY) -m tests.mutants

bench: ## Measure speed and size beside a bare Rasa and write docs/performance.md; on a quiet machine
	@$(BIN)/attune bench --default --write

soak: ## Chat for half an hour and watch memory (SOAK="--minutes 5")
	@$(PY) -m tests.long.soak $(SOAK)

power-cut: ## Kill everything at random moments, fifty times; nothing answered may be lost (POWER_CUT="--rounds 3")
	@$(PY) -m tests.long.power_cut $(POWER_CUT)

fuzz: ## Garbage for the chat API and the importers, five minutes each (FUZZ_SECONDS=300)
	@$(PY) -m pytest tests/long/fuzz.py -p no:randomly

audit: ## Ask for known advisories of Python and npm packages; compare with docs/advisories.md
	@$(BIN)/uv tool run pip-audit -r requirements.lock --no-deps --disable-pip
	@cd bot/web/widget && npm audit --package-lock-only

sbom: ## Write sbom.json: every package of the lock file (CycloneDX)
	@$(BIN)/uv tool run --from cyclonedx-bom cyclonedx-py requirements requirements.lock --output-file sbom.json

release-check: ## What still stands between this folder and a release
	@$(PY) -m tests.release

check: ## Lint, format, types, import arrows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: ## Format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

train: ## Train a model from data/
	@$(BIN)/attune train

vectors: setup ## Write the vectors of phrasings and passages that come with Attune (bot/encoding/vectors.sqlite3)
	@$(PY) -m bot.vectors

chromium: ## Install Debian's chromium for the browser tests, where this may be done
	@bot/deploy/chromium.sh

widget: ## Build the widget from TypeScript (needs Node; the built files are committed)
	@$(PY) -m bot.web.pages.built_in
	@cd bot/web/widget && npm ci --no-audit --no-fund && npm run build

lock: ## Pin every version with hashes in requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group dev --python-version 3.10 --generate-hashes --upgrade \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock

clean: ## Remove .venv, trained models and caches (conversations in var/, cards and choices of models stay)
	@rm -rf .venv .rasa .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.*
	@rm -f models/*.tar.gz
