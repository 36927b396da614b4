#!/bin/sh
# `make lock`: compile the dependency groups of pyproject.toml to hashed requirements that name no registry.
set -eu
uv=$1
compile() {
	group=$1; shift
	"$uv" pip compile --quiet --universal --python-version "$(cat .python-version)" --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --group "$group" -o "requirements/$group.txt" "$@" pyproject.toml
}
for group in dev checkov uv; do compile "$group" ${UPGRADE:+--upgrade}; done
# What travels in a zip is what the tests run with.
for group in authorizer apis; do compile "$group" -c requirements/dev.txt; done
