#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Holds every language to its formatter or checker: Swift, C, Go, Python, shell. Looks at what git tracks, wherever it is.
#
#   scripts/lint.sh            names what is wrong, and fails
#   scripts/lint.sh --fix      formats Swift, C and Go, and orders the imports of Python
#
# ruff is fetched once by pip into .cache: Debian 12 has none, and its pyflakes and pycodestyle find less in more time.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
ruff_version=0.17.6
fix=
[ "${1:-}" != --fix ] || fix=yes

tracked() { git ls-files -z -- "$@"; }

swift_files() {
	if [ -n "$fix" ]; then tracked '*.swift' | xargs -0 swift format -i --parallel; fi
	tracked '*.swift' | xargs -0 swift format lint --strict --parallel
}

# The modules whose public declarations all have a comment, which a new one must have as well.
public_comments() {
	local modules=(TargetInspection KernelProbes PoolAdapters Recording TraceModel BuildCommit)
	sed '/AllPublicDeclarationsHaveDocumentation/s/false/true/' .swift-format >.cache/swift-format.json
	{ tracked 'bpf/*.swift'; tracked "${modules[@]/#/Sources/}"; } | grep -z '\.swift$' |
		xargs -0 swift format lint --strict --parallel --configuration .cache/swift-format.json
}

# The lists of fields (*_fields.h, trace_schema.c) are macros, one a line, which clang-format would fold.
c_files() {
	if [ -n "$fix" ]; then tracked '*.c' '*.h' ':!*_fields.h' ':!*trace_schema.c' | xargs -0 clang-format -i; fi
	tracked '*.c' '*.h' ':!*_fields.h' ':!*trace_schema.c' | xargs -0 -n 16 -P "$(nproc)" clang-format --dry-run -Werror
}

go_files() {
	local unformatted
	if [ -n "$fix" ]; then tracked '*.go' | xargs -0 gofmt -w; fi
	unformatted=$(tracked '*.go' | xargs -0 gofmt -l)
	[ -z "$unformatted" ] || { printf '%s: gofmt would change it\n' $unformatted; return 1; }
}

# Offline: with what Debian's packages bring. Examples/pools is left to its builds, a library each, which are fetched.
go_vet() {
	local folder modules failed=0
	for folder in $(git ls-files '*.go' ':!Examples/pools' | xargs -n 1 dirname | sort -u); do
		modules=off
		[ ! -e "$folder/go.mod" ] || modules=on
		(cd "$folder" && env GO111MODULE=$modules GOFLAGS= GOTOOLCHAIN=local GOPROXY=off GOPATH=/usr/share/gocode \
			GOCACHE="$cache/go-build" CGO_ENABLED=0 go vet .) || failed=1
	done
	return $failed
}

python_files() {
	local ruff=.cache/ruff-$ruff_version
	if [ ! -x "$ruff/bin/ruff" ]; then
		rm -rf "$ruff" "$ruff.partial"
		python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps \
			--target "$ruff.partial" "ruff==$ruff_version" && mv "$ruff.partial" "$ruff" || return
	fi
	tracked '*.py' | xargs -0 "$ruff/bin/ruff" check --quiet --output-format concise ${fix:+--fix}
}

# Not all have the extension, and what is sourced has no first line that says so.
shell_files() {
	{ tracked | xargs -0 grep -m1 -lIE --null '^#!.*\b(ba)?sh\b'; tracked '*.sh'; } | sort -zu |
		xargs -0 shellcheck -S warning -f gcc
}

mkdir -p .cache
cache=$PWD/.cache
passed=0 failed=()
for check in swift_files public_comments c_files go_files go_vet python_files shell_files; do
	if "$check"; then passed=$((passed + 1)); else failed+=("${check/_/ }"); fi
done
[ ${#failed[@]} -eq 0 ] || printf 'lint failed: %s\n' "${failed[@]}" >&2
echo "$passed passed, ${#failed[@]} failed, 0 skipped"
[ ${#failed[@]} -eq 0 ]
