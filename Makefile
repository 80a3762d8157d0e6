# A thin front to CMake; `make help` lists the targets. What each does is in CMakePresets.json, cmake/ and tools/.

# In CI a warning is an error in the release build too.
RELEASE := $(if $(CI),ci,release)
JOBS    ?= $(shell nproc)
SECONDS ?= 60
PREFIX  ?= /usr/local

# One compiler cache for all presets, where there is one.
ifneq ($(shell command -v ccache),)
export CMAKE_C_COMPILER_LAUNCHER ?= ccache
endif

configure = cmake --preset $(1) >/dev/null
build     = $(call configure,$(1)) && cmake --build --preset $(1) -j $(JOBS)
without_programs = -DBLOOP_BUILD_TESTS=OFF -DBLOOP_BUILD_EXAMPLES=OFF -DBLOOP_BUILD_BENCH=OFF
ctest     = ctest --test-dir build/$(1) -j $(JOBS) --output-on-failure

.PHONY: all
all: ## build everything into build/ (the program is build/bloop)
	@tools/install-deps --check build test
	$(call build,$(RELEASE))

.PHONY: test
test: deps-test ## install what is missing, build, and run the tests (all but the long suites)
	$(call build,$(RELEASE))
	$(call ctest) --label-exclude '^(oom|crash)$$'

.PHONY: demo
demo: deps-build ## install what is missing, build, and run the demo
	cmake --preset $(RELEASE) -DBLOOP_BUILD_TESTS=OFF >/dev/null && cmake --build build -j $(JOBS) --target examples_demo
	build/examples/demo

.PHONY: lint
lint: deps-lint ## format, clang-tidy, include table, sizes, exported symbols, headers on their own, documentation
	python3 tools/test_checks.py
	tools/format --check
	tools/include-check
	tools/size-check
	tools/parity-check
	tools/quote-check
	tools/docs-check
	$(call build,$(RELEASE))
	tools/export-check build
	tests/headers/check.sh --all-compilers
	$(call configure,dev) && tools/tidy -j $(JOBS) build/dev
	$(call configure,fuzz) && tools/tidy -j $(JOBS) build/fuzz tests/fuzz

.PHONY: format
format: deps-lint ## lay out all sources with clang-format
	tools/format

.PHONY: sanitize
sanitize: sanitize-dev sanitize-tsan ## all tests under the address, undefined and thread sanitizers

.PHONY: sanitize-dev sanitize-tsan
sanitize-dev sanitize-tsan: sanitize-%: deps-test
	$(call build,$*)
	$(call ctest,$*)

.PHONY: fuzz
fuzz: deps-fuzz ## run each fuzzer for SECONDS=60
	$(call build,fuzz)
	tools/fuzz build/fuzz/fuzz $(SECONDS)

.PHONY: bench bench-large
bench: deps-bench ## measure against the budgets, 1,000,000 items
	$(call build,$(RELEASE))
	@for program in build/bench/bench_*; do $$program || exit 1; done
bench-large: deps-bench ## the same with 10,000,000 items, and long keys
	$(call build,$(RELEASE))
	@for program in build/bench/bench_*; do $$program --large || exit 1; done

.PHONY: bench-servers
bench-servers: deps-build ## bloop serve side by side with DynamoDB Local and dynalite, which are installed into build/
	$(call build,$(RELEASE))
	bench/side-by-side build

# One after the other in one folder: each compiles what differs from the one before.
partial = cmake --preset partial -DBLOOP_REMOTE=$(1) -DBLOOP_SERVER=$(2) >/dev/null && \
	  cmake --build --preset partial -j $(JOBS) && $(call ctest,partial) -R '^(unit_cli_verbs|behaviour_open|install)$$'

.PHONY: test-partial
test-partial: deps-test ## builds without the client, the server and both, at -O3, and what they say when they are asked
	$(call partial,OFF,OFF)
	$(call partial,OFF,ON)
	$(call partial,ON,OFF)

.PHONY: test-oom
test-oom: deps-test ## fail every allocation in turn, under the address sanitizer too
	$(call build,$(RELEASE))
	BLOOP_TEST_LONG=1 $(call ctest) -L '^oom$$'
	$(call build,dev)
	$(call ctest,dev) -L '^oom$$'

.PHONY: test-crash
test-crash: deps-test ## kills and power cuts, the long form
	$(call build,$(RELEASE))
	BLOOP_TEST_LONG=1 $(call ctest) -L '^crash$$' --timeout 7200

.PHONY: test-interop
test-interop: deps-test ## others' clients against our server, and our client against others; SUITES="boto3 awscli" for some
	$(call build,$(RELEASE))
	tests/interop/run build $(SUITES)

.PHONY: valgrind
valgrind: deps-test deps-valgrind ## the contract suite under valgrind
	$(call build,$(RELEASE))
	tools/valgrind build/tests/contract_*

.PHONY: coverage
coverage: deps-test deps-coverage ## what the tests reach, a line a file
	$(call build,coverage)
	find build/coverage -name '*.gcda' -delete
	$(call ctest,coverage) --label-exclude '^crash$$'
	gcovr --root . --filter 'src/' --object-directory build/coverage --gcov-ignore-parse-errors

.PHONY: install
install: ## build what is installed, without tests, and install it under PREFIX=/usr/local
	@tools/install-deps --check build
	cmake --preset $(RELEASE) $(without_programs) >/dev/null && cmake --build build -j $(JOBS)
	cmake --install build --prefix '$(PREFIX)'

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: deps-build deps-test deps-lint deps-fuzz deps-valgrind deps-bench deps-coverage
deps-build:
	@tools/install-deps build
deps-test deps-lint deps-fuzz deps-valgrind deps-bench deps-coverage: deps-%:
	@tools/install-deps build test $*

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\)[a-z -]*:.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | \
	  awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'
