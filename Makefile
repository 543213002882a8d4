# SPDX-License-Identifier: Apache-2.0
# Thin names over swift and scripts. Each installs what it needs (Debian, apt) first.

.PHONY: help build release examples demo scenarios test test-unit test-pools test-slow test-all test-vm fuzz soak bench bench-vm bench-offline instructions lint clean
.DEFAULT_GOAL := help

STATIC := .build/static

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

build: ## debug build: .build/debug/poolscope
	@scripts/install-dependencies.sh build
	swift build

# A scratch folder of its own: POOLSCOPE_STATIC changes the manifest, and one folder would be rebuilt at each change.
release: ## one file to copy to a host: .build/poolscope
	@scripts/install-dependencies.sh build
	POOLSCOPE_STATIC=1 swift build -c release --static-swift-stdlib --scratch-path $(STATIC) --product poolscope
	strip -o .build/poolscope $(STATIC)/release/poolscope

examples: ## the programs that misbehave on purpose: .build/examples
	@scripts/install-dependencies.sh demo
	Examples/build.sh

demo: ## record a leaking Go service, then a healthy one: demo-output/
	@scripts/install-dependencies.sh demo
	@$(MAKE) --no-print-directory release examples
	scripts/demo.sh

scenarios: ## each rule on the real failure, and on its healthy twin
	@scripts/install-dependencies.sh test
	@$(MAKE) --no-print-directory release
	scripts/scenarios.sh

test: ## everything in 40 minutes: lint, unit and kernel tests, a fuzz, the demo, the VM matrix
	@scripts/install-dependencies.sh test
	scripts/test.sh

test-unit: ## swift test
	@scripts/install-dependencies.sh test
	swift test

test-pools: ## every pool library by Go version and build, and real programs
	@scripts/install-dependencies.sh test
	@$(MAKE) --no-print-directory release
	scripts/fetch-go.sh --all
	scripts/pool-matrix.sh
	scripts/real-programs.sh

fuzz: ## the readers of foreign bytes, guided by coverage, 10 minutes each
	@scripts/install-dependencies.sh demo
	scripts/fuzz.sh 600

soak: ## ten minutes, ten million events, a hundred thousand connections
	@scripts/install-dependencies.sh test
	@$(MAKE) --no-print-directory release examples
	scripts/soak.py

test-slow: ## what rarely breaks: sanitizers, every Go build, the Unix socket
	@scripts/install-dependencies.sh test
	@$(MAKE) --no-print-directory release examples
	scripts/fetch-go.sh
	scripts/sanitize.sh address
	scripts/sanitize.sh thread
	scripts/demo.sh 14 dsn-unix
	scripts/go-matrix.sh
	scripts/births.sh

test-all: test test-slow test-pools test-vm fuzz soak ## test, and all that takes longer

test-vm: ## the VM matrix: Debian's kernels 5.10, 6.1, 6.12 and the newest
	@scripts/install-dependencies.sh test
	@$(MAKE) --no-print-directory release examples
	scripts/vm/matrix.sh

bench: ## what a recording costs, against its goals: Benchmarks/.build/overhead.json
	@scripts/install-dependencies.sh bench
	@scripts/fetch-go.sh 1.24.11
	@$(MAKE) --no-print-directory release
	Benchmarks/run.sh

bench-vm: ## what kprobes and fentry cost in instructions, in a guest
	@scripts/install-dependencies.sh test
	@$(MAKE) --no-print-directory release examples
	scripts/vm/cost.sh

bench-offline: ## what analyze costs on 20 million events, beside C and DuckDB
	@scripts/install-dependencies.sh bench
	@$(MAKE) --no-print-directory release
	Benchmarks/offline/run.sh

lint: ## swift format, public comments, clang-format, gofmt and vet, ruff, shellcheck; scripts/lint.sh --fix mends
	@scripts/install-dependencies.sh lint
	scripts/lint.sh

instructions: ## what analyze costs, in instructions an event, against the committed figure
	@scripts/install-dependencies.sh test
	@$(MAKE) --no-print-directory release
	Benchmarks/offline/instructions.py

clean: ## remove what was built; keeps fetched kernels (.cache)
	rm -rf .build .build-asan .build-tsan demo-output
