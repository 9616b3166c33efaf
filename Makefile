# The commands of the book. `make help` lists them.
VENV  ?= .venv
TORCH ?=
# python3 if it is one that the tests run on, else the first such, else whatever is newer
PYTHON ?= $(shell for newest in 13 99; do for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $$newest))" 2>/dev/null \
	&& echo $$p && exit; done; done)
RUN    = $(VENV)/bin/python
CALM   = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help setup book lab notebooks test test-fast test-no-torch test-notebooks test-book bench repository lock format clean

help:            ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:           ## make the environment only (the others call it)
	@test -n "$(PYTHON)" || { echo "setup: no Python 3.11 or newer was found; install one from python.org or your system" >&2; exit 1; }
	@$(PYTHON) tools/setup.py --venv $(VENV) $(if $(TORCH),--torch $(TORCH))

book: setup      ## build the book and say where it lies
	@$(RUN) tools/build_book.py

lab: setup       ## open JupyterLab on the notebooks
	-@$(RUN) -m jupyter trust notebooks/*.ipynb >/dev/null  # else figures and explorers stay hidden
	@$(RUN) -m jupyter lab --LabApp.default_url=/lab/tree/notebooks

notebooks: setup ## run again every notebook whose text or code changed
	@$(RUN) tools/notebooks.py

test: setup      ## run all the tests
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m pytest -n 2 --dist loadfile -m "not book and not browser"
	@$(MAKE) --no-print-directory test-notebooks test-book

test-fast: setup ## the tests for the working loop: under two minutes
	$(RUN) -m pytest -n 2 --dist loadfile -m "not slow and not book and not browser and not notebook"

test-notebooks: setup ## execute every notebook and compare its stable outputs
	$(CALM) $(RUN) -m pytest -p tests.notebooks.nbval_report --nbval-lax --nbval-sanitize-with tests/notebooks/nbval_sanitize.cfg -n 2 --dist loadfile -p no:cacheprovider notebooks

test-book: setup ## build the book and read it in a browser
	$(RUN) -m pytest -m "book or browser"

test-no-torch:   ## the tests that need no torch: make test-no-torch PYTHON=python3.13 VENV=.venv-3.13
	@$(PYTHON) tools/setup.py --venv $(VENV) --torch none --extras lab,book,test
	$(RUN) -m pytest -n 2 --dist loadfile --ignore tests/notebooks -m "not slow and not book and not browser and not notebook"

bench:           ## measure scratch against torch and others; writes benchmarks/RESULTS.md
	@$(PYTHON) tools/setup.py --venv .venv-bench --extras ""
	@.venv-bench/bin/python -m pip install -q -c requirements.lock -r benchmarks/requirements.txt
	@.venv-bench/bin/python benchmarks/run.py $(BENCH)

repository: setup ## say where the book lives: make repository URL=https://github.com/owner/name
	@test "$(origin URL)" != undefined || { echo 'repository: say where, as in make repository URL=https://github.com/owner/name (URL= for nowhere)' >&2; exit 1; }
	@$(RUN) tools/repository.py "$(URL)"

lock: setup      ## write the versions of the environment into requirements.lock
	@{ sed -n '1,2p' requirements.lock; $(RUN) -m pip freeze --all --exclude pip --exclude-editable | sed 's/+cpu//'; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

format: setup    ## format the code
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

clean:           ## remove what was built; keep the environment
	rm -rf _build .pytest_cache .ruff_cache .hypothesis
