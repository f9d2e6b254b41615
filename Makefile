# make run : tout installer et dérouler l'exemple. make test : les tests. make : ce menu.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NR := $(BIN)/nr
EXEMPLE := inputs/exemple
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install

.DEFAULT_GOAL := menu
# Compilé une fois, et non à chaque processus, même où l'environnement demande le contraire.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: menu install run test lent mutants check bench serve clean lock dev system

menu: ## Ce menu
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

$(VENV)/.installe: requirements.lock pyproject.toml
	@echo "Installation dans $(VENV)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.developpe: requirements-dev.lock $(VENV)/.installe
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installe ## Installer depuis le verrou, dans .venv

dev: $(VENV)/.developpe ## Installer aussi les outils de développement

run: install ## Dérouler le programme d'exemple, de la collecte à la feuille de route
	@for tour in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do \
	  $(NR) avancer $(EXEMPLE) > .exemple.txt || { cat .exemple.txt; rm -f .exemple.txt; exit 1; }; \
	  reponse=$$($(NR) exemple repondre $(EXEMPLE) --graine 1) || exit 1; \
	  echo "Tour $$tour. $$reponse"; \
	  case "$$reponse" in Rien*) break ;; esac; \
	done; cat .exemple.txt; rm -f .exemple.txt
	@$(NR) piste verifier
	@echo "Ce qui a été produit :"
	@find $${NR_OUTPUTS:-outputs}/exemple -path '*/[0-9]-*' \( -name '*.pptx' -o -name '*.xlsx' \) | grep -vE '/(trame|bulletin)-' | sort | sed 's/^/  /'
	@echo "Pour le lire et y décider comme ses personnes, d'un navigateur : make serve"

system: ## Installer ce que les tests demandent au système (Debian), où c'est permis
	@sh .ci/system

test: dev system check ## Contrôles puis tests
	@$(BIN)/python -m pytest -n auto --dist worksteal

lent: dev ## Le grand nombre des propriétés, que « make test » essaie en petit
	@$(BIN)/python -m pytest -n auto -m lent
	@NR_EXEMPLES=400 $(BIN)/python -m pytest -n auto -m "hypothesis and not lent"
	@NR_SUITES=300 NR_COUPURES=1000 NR_KILLS=50 $(BIN)/python -m pytest -n auto tests/tasks/dossier tests/tasks/sources tests/tasks/returns/test_suites.py tests/flows/test_kill.py
	@NR_DEUX_BASES=1 $(BIN)/python -m pytest -n auto -k postgresql
	@NR_DECISIONS=1000 NR_BASE=postgresql $(BIN)/python -m pytest -n auto tests/tasks/acts tests/tasks/people tests/tasks/returns

mutants: dev ## Changer un signe du code et voir un essai échouer (vingt minutes)
	@$(BIN)/python -m benchmarks.mutants --minutes $${MINUTES:-20}

check: dev ## Style, types, sens des imports, code mort
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports --no-cache | tail -n 5
	@$(BIN)/vulture | grep -vE "unused (attribute|variable)" && exit 1 || true

bench: dev ## Mesures (quelques minutes) : ce que coûte le moteur, cent dossiers de bout en bout, la piste
	@$(BIN)/python -m benchmarks.engine
	@$(BIN)/python -m benchmarks.wave
	@$(BIN)/python -m benchmarks.scoring
	@$(BIN)/python -m benchmarks.reading
	@$(BIN)/python -m benchmarks.terrain
	@$(BIN)/python -m benchmarks.trail

serve: install ## Nos pages et celles de Prefect
	@$(NR) servir

lock: ## Refaire les verrous (demande uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build --extra dev --extra postgresql pyproject.toml -o requirements-dev.lock

clean: ## Effacer ce qui se refait (jamais inputs ni outputs)
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache .exemple.txt
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
