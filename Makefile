# Two commands matter: `make course` and `make test`. `make help` lists the rest.
# TORCH_INDEX: address of a package index with CPU builds of torch, where the default index
# would bring a CUDA build of several gigabytes. PYTHON: any Python from 3.11 to 3.13.
# WORKERS: of the tests, one more than there are cores, for they wait for browsers and deadlines.
# GRADE: options of `python -m autograder grade`, such as --unsandboxed where there is no Linux.

PYTHON ?= python3
TORCH_INDEX ?=
GRADE ?=
CORES := $(shell getconf _NPROCESSORS_ONLN)
WORKERS ?= $(shell expr $(CORES) + 1)
COURSE := course
BIN := .venv/bin
BOOK := llms-by-hand-$(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
READY := .venv/ready
export HF_HUB_OFFLINE := 1
# nbgrader calls its tools by their bare names
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help course book book-zip notebooks samples grade lab serve test bench

help:              ## what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*##/:/'

course: book samples grade   ## everything: book, notebooks, graded sample submissions
	@echo
	@echo "Book:                open _build/html/index.html"
	@echo "Learners' notebooks: make lab   (they lie in $(COURSE)/release)"
	@echo "Sample feedback:     open $(COURSE)/feedback/two_slips_in_one/self_attention/self_attention.html"
	@echo "Gradebook:           $(COURSE)/gradebook.db   (nbgrader formgrader, or nbgrader export)"

book: $(READY)     ## the rendered book
	rm -rf _build/html  # pages that are no more would stay, and index.html is never written anew
	$(BIN)/jupyter-book build -W -n --keep-going .

book-zip: book     ## the book as one file, _build/llms-by-hand-<version>.zip: unzip, open index.html
	ln -sfn html _build/$(BOOK)
	cd _build && "$(CURDIR)/$(BIN)/python" -m zipfile -c $(BOOK).zip $(BOOK)

notebooks: $(READY)   ## the learners' notebooks
	$(BIN)/python -m autograder release --course $(COURSE)

samples: notebooks    ## sample submissions, made from the solutions
	$(BIN)/python -m autograder samples --course $(COURSE)

grade: $(READY)    ## grade what was submitted, write the feedback
	$(BIN)/python -m autograder grade --course $(COURSE) --jobs $(CORES) $(GRADE)

lab: notebooks     ## JupyterLab on copies of the learners' notebooks
	mkdir -p $(COURSE)/learner && cp -rn $(COURSE)/release/. $(COURSE)/learner/
	$(BIN)/jupyter lab $(COURSE)/learner

serve: book        ## the book at http://localhost:8000
	$(BIN)/python -m http.server --directory _build/html 8000

test: $(READY)     ## all tests
	$(BIN)/python -m pytest -n $(WORKERS)

bench: $(READY)    ## how fast grading is, beside stock nbgrader
	$(BIN)/python benchmarks/grading.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -c constraints.txt $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(BIN)/pip install --quiet -c constraints.txt -e '.[book,grade,test]'
	touch $@
