# The commands of the README. The work is in scripts/.

PHP         ?= php
PHP_CONFIG  ?= php-config
DIRS        ?=
export PHP_CONFIG

.PHONY: build deps demo test test-matrix install bench conformance package docs lint clean build-%
.DEFAULT_GOAL := build

## Both halves and the runtime of the host's minor, in build/
build: deps
	scripts/build-libphp.sh
	scripts/build.sh

deps:
	@scripts/install-deps.sh build

## The runtime of another minor, in build/runtime-X.Y: make build-8.4
build-%: deps
	scripts/build-libphp.sh --minor $* --out build/runtime-$*
	scripts/build.sh --runtime build/runtime-$*

## Builds what is missing and runs the main example on real threads
demo: build
	$(PHP) -n -d extension=$(CURDIR)/build/ffi_zts.so examples/parallel.php
	$(PHP) -n -d extension=$(CURDIR)/build/ffi_zts.so examples/demo.php

## Everything; ends with a line `N passed, N failed`
test:
	@scripts/test.sh

## The tests in fresh Debians of other releases (root, debootstrap): make test-matrix, or scripts/test-matrix.sh trixie
test-matrix:
	@scripts/test-matrix.sh

## What only reads the code
lint:
	@scripts/test.sh lint

bench: build
	scripts/bench.sh

## php-src's own tests, under the ZTS CLI and in the guest: make conformance DIRS="Zend/tests tests/lang"
conformance: build
	scripts/conformance.sh $(DIRS)

## Into the host's extension directory (DESTDIR is honoured)
install: build
	scripts/install.sh

## Bundles for machines without a compiler, and their manifest, in build/bundles
package: build
	scripts/package.sh

## The API reference, the diagrams, and the site of docs/ in build/site (graphviz, mkdocs)
docs:
	@scripts/docs.sh

clean:
	rm -rf build target
