# SPDX-License-Identifier: MIT
# Ounce: one product, one Makefile.  `make` builds build/ounce; `make help` lists the rest.
#
# A layer may include itself and the layers listed before it: each is compiled with one
# -I build/inc/<layer>, a folder of links to itself and those below, so that a wrong include
# does not compile.  The unit tests of a layer link only that layer and those below.

LAYERS := base heap object types bytecode syntax compile vm memtools modules runtime
config ?= release
PREFIX ?= /usr/local
ifeq ($(origin CC),default)
CC := gcc
endif
PYTHON ?= /usr/bin/python3.11

OUT := build/$(config)
COMMON := -std=gnu11 -D_GNU_SOURCE -g -pthread -fno-strict-aliasing -fno-math-errno -fwrapv \
	-Wall -Wextra -Wshadow -Wundef -Wconversion -Wno-sign-conversion \
	-Wmissing-prototypes -Wstrict-prototypes -Werror
# A program at a fixed address needs no relocation of its tables: start-up 0.1 ms and 0.5 MiB less.
# Each function in a section of its own, those of a start first (tools/start_order): 1.8 MiB less.
CFLAGS_release := -O2 -DOZ_CHECK_LEVEL=0 -fno-pie -no-pie -ffunction-sections
LDFLAGS_release := -fuse-ld=gold -Wl,--section-ordering-file=tools/start_order.txt
CFLAGS_debug := -O1 -DOZ_CHECK_LEVEL=2 -DOZ_DEBUG=1
CFLAGS_asan := -O1 -DOZ_CHECK_LEVEL=3 -DOZ_DEBUG=1 -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -DOZ_CHECK_LEVEL=3 -DOZ_DEBUG=1 -fsanitize=thread
CFLAGS_cover := -O0 -DOZ_CHECK_LEVEL=2 -DOZ_DEBUG=1 --coverage
CFLAGS := $(COMMON) $(CFLAGS_$(config)) $(EXTRA_CFLAGS)
# What every program needs is linked into it (0.2 ms less at each start than shared libraries);
# OpenSSL, libb2, bz2, lzma, expat, ffi and libedit are opened on first use.
LIBS := -Wl,-Bstatic -lgmp -lpcre2-8 -lpcre2-16 -lpcre2-32 -lutf8proc -lz -Wl,-Bdynamic -lm -ldl

# The dispatch loop wants one indirect jump per instruction (src/vm/README.md).
CFLAGS_vm/loop := -fno-gcse -fno-crossjumping
CFLAGS_vm/loop_profiled := $(CFLAGS_vm/loop)
CFLAGS_vm/loop_free := $(CFLAGS_vm/loop)

# What decides which bytecode a source becomes, as a hash: code in files is of this version only.
CODE_SOURCES := $(sort $(wildcard src/syntax/* src/bytecode/* src/compile/*)) src/types/code.h \
	src/object/value.h src/modules/marshal_code.c
CFLAGS_modules/marshal_code = -DOZ_CODE_FINGERPRINT=0x$(shell cat $(CODE_SOURCES) | sha256sum | cut -c 1-16)ull
$(OUT)/modules/marshal_code.o build/refcheck/modules/marshal_code: $(CODE_SOURCES)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDEXPANSION:
MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

SOURCES := $(foreach layer,$(LAYERS),$(sort $(wildcard src/$(layer)/*.c)))
HEADERS := $(foreach layer,$(LAYERS),$(sort $(wildcard src/$(layer)/*.h)))
OBJECTS := $(SOURCES:src/%.c=$(OUT)/%.o)
UNITS := $(patsubst tests/unit/%.c,$(OUT)/unit/%,$(wildcard tests/unit/*/*_test.c))

# syntax/ uses no objects, so that it can be tested and fuzzed alone.
ONLY_syntax := base syntax

# $(call layer,path below src/ or unit/): the layer it belongs to; $(call upto,layer): with those below.
layer = $(firstword $(subst /, ,$1))
upto = $(if $2,$(if $(filter $1,$(firstword $2)),$1,$(firstword $2) $(call upto,$1,$(wordlist 2,99,$2))))
layers = $(or $(ONLY_$1),$(call upto,$1,$(LAYERS)))
below = $(filter $(foreach each,$(call layers,$1),$(OUT)/$(each)/%),$(OBJECTS))

all: $(if $(wildcard src/runtime/main.c),build/ounce,$(OBJECTS)) ## build/ounce, the default; config=debug|asan|tsan|cover for another build

build/ounce: $(OUT)/ounce
	@ln -sfn $(config)/ounce $@

# Where the program looks for the modules of lib/: ../lib/ounce from its own folder, as installed.
build/lib/ounce:
	@mkdir -p $(@D)
	@ln -sfn ../../lib $@

$(OUT)/ounce: $(OBJECTS) tools/start_order.txt | build/lib/ounce
	@echo "  link  $@"
	@$(CC) $(CFLAGS) $(LDFLAGS_$(config)) -o $@ $(OBJECTS) $(LIBS)

# Links to the layers that layer $* may include: itself and those before it.
build/inc/%/.done: Makefile
	@mkdir -p $(@D) && rm -f $(@D)/*
	@for layer in $(call layers,$*); do ln -sfn ../../../src/$$layer $(@D)/$$layer; done
	@touch $@

$(OUT)/%.o: src/%.c Makefile build/inc/$$(call layer,$$*)/.done | packages
	@mkdir -p $(@D)
	@echo "  cc    $<"
	@$(CC) $(CFLAGS) $(CFLAGS_$*) -I build/inc/$(call layer,$*) -MMD -MP -c $< -o $@

$(OUT)/unit/%: tests/unit/%.c tests/unit/unit.h $$(call below,$$(call layer,$$*))
	@mkdir -p $(@D)
	@echo "  cc    $<"
	@$(CC) $(CFLAGS) -I build/inc/$(call layer,$*) -I tests/unit -MMD -MP -MF $@.d $< \
	  $(call below,$(call layer,$*)) $(LIBS) -o $@

-include $(OBJECTS:.o=.d) $(UNITS:=.d)

units: $(UNITS)

packages: ## install what the build needs from Debian
	@tools/packages build

test-packages: packages
	@tools/packages test

check-packages: test-packages
	@tools/packages check

demo: all ## examples/fleet.py with a million trucks, beside python3 where there is one
	@examples/demo

install: all ## into PREFIX (/usr/local)
	install -D -m 755 $(OUT)/ounce $(DESTDIR)$(PREFIX)/bin/ounce
	@if [ -f include/ounce.h ]; then install -D -m 644 include/ounce.h $(DESTDIR)$(PREFIX)/include/ounce.h; fi
	@cd lib 2>/dev/null && find . -name '*.py' | while read -r each; do \
	  install -D -m 644 $$each $(DESTDIR)$(PREFIX)/lib/ounce/$$each || exit 1; done || true

# The release build runs the tests; the debug build attacks itself (OUNCE_STRESS) and has the units.
test: all test-packages ## every test: language, types, library, conformance, units, attacks
	@$(MAKE) --no-print-directory config=debug build/debug/ounce units
	@$(PYTHON) tools/test.py $(TESTS)

oracle: test-packages ## the expectations of tests/lang and tests/types, against CPython
	@$(PYTHON) tools/test.py --oracle $(TESTS)

check: check-packages ## everything: format, references, generated files, tests, oracle, sanitizers, stress
	+@PYTHON=$(PYTHON) tools/check $(PIECES)

bench: all test-packages ## compare with CPython; writes bench/RESULTS.md
	@$(PYTHON) bench/results.py

CLANG_FORMAT ?= clang-format
FORMATTED := $(SOURCES) $(HEADERS) $(wildcard include/*.h tests/unit/*.h tests/unit/*/*.c)

fmt: check-packages ## lay out the C files as .clang-format says
	@$(CLANG_FORMAT) -i $(FORMATTED)

format-check: check-packages
	@$(CLANG_FORMAT) --dry-run --Werror $(FORMATTED)

REFCHECKED := $(SOURCES:src/%.c=build/refcheck/%)

refcheck: $(REFCHECKED) ## references given to the wrong owner, by gcc, and by clang where there is one

objects: $(OBJECTS)

.PHONY: objects $(REFCHECKED)
$(REFCHECKED): build/refcheck/%: build/inc/$$(call layer,$$*)/.done | packages
	@for cc in $(CC) $$(command -v clang); do \
	  $$cc -std=gnu11 -D_GNU_SOURCE -Werror=incompatible-pointer-types -Werror=discarded-qualifiers -Wno-unknown-warning-option \
	  -DOZ_REFCHECK -DOZ_CHECK_LEVEL=2 $(filter -D%,$(CFLAGS_$*)) \
	  -fsyntax-only -I build/inc/$(call layer,$*) src/$*.c || exit 1; done

docs: ## the documents that are made from the source
	@$(PYTHON) tools/generate.py

start-order: check-packages all ## lay out the program anew after functions of the start have changed
	@tools/start_order $(OUT)/ounce

generated-check: test-packages
	@$(PYTHON) tools/generate.py --check

sizes: $(OUT)/ounce ## report the sizes of files, functions, program and objects
	@$(PYTHON) tools/sizes.py $(OUT)/ounce

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

objects: $(OBJECTS)

.PHONY: objects all units packages test-packages check-packages demo install test oracle check bench fmt \
	format-check refcheck docs start-order generated-check sizes clean help
