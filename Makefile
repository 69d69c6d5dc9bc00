# Ounce: one product, one Makefile.  `make` builds build/ounce; `make help` lists the rest.
#
#   config=release|debug|asan|tsan|cover   which build (each has its own folder under build/)
#
# A layer may include itself and the layers listed before it: each is compiled with one
# -I build/inc/<layer>, a folder of links to itself and those below, so that a wrong include
# does not compile.

LAYERS := base heap object types bytecode syntax compile vm memtools modules runtime
config ?= release

CC ?= gcc
OUT := build/$(config)
COMMON := -std=gnu11 -g -pthread -fno-strict-aliasing -fno-math-errno -fwrapv \
	-Wall -Wextra -Wshadow -Wundef -Wconversion -Wno-sign-conversion \
	-Wmissing-prototypes -Wstrict-prototypes -Werror
CFLAGS_release := -O2 -DOZ_CHECK_LEVEL=0
CFLAGS_debug := -O1 -DOZ_CHECK_LEVEL=2 -DOZ_DEBUG=1
CFLAGS_asan := -O1 -DOZ_CHECK_LEVEL=3 -DOZ_DEBUG=1 -fsanitize=address,undefined -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -DOZ_CHECK_LEVEL=3 -DOZ_DEBUG=1 -fsanitize=thread
CFLAGS_cover := -O0 -DOZ_CHECK_LEVEL=2 -DOZ_DEBUG=1 --coverage
CFLAGS := $(COMMON) $(CFLAGS_$(config)) $(EXTRA_CFLAGS)
LIBS := -lgmp -lpcre2-8 -lutf8proc -lz -lm -ldl

# The dispatch loop wants one indirect jump per instruction (docs/internals/vm.md).
CFLAGS_vm/loop := -fno-gcse -fno-crossjumping

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDEXPANSION:

SOURCES := $(foreach layer,$(LAYERS),$(sort $(wildcard src/$(layer)/*.c)))
OBJECTS := $(SOURCES:src/%.c=$(OUT)/%.o)
HEADER_DIRS := $(LAYERS:%=build/inc/%/.done)

all: build/ounce

build/ounce: $(OUT)/ounce
	@ln -sf $(config)/ounce $@

$(OUT)/ounce: $(OBJECTS)
	$(CC) $(CFLAGS) -o $@ $(OBJECTS) $(LIBS)

# Links to the layers that layer $* may include: itself and those before it.
build/inc/%/.done: Makefile
	@mkdir -p $(@D) && rm -f $(@D)/*
	@for layer in $(LAYERS); do ln -sfn ../../../src/$$layer $(@D)/$$layer; \
	  if [ $$layer = $* ]; then break; fi; done
	@touch $@

$(OUT)/%.o: src/%.c Makefile build/inc/$$(firstword $$(subst /, ,$$*))/.done
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CFLAGS_$*) -I build/inc/$(firstword $(subst /, ,$*)) -MMD -MP -c $< -o $@

-include $(OBJECTS:.o=.d)

clean:
	rm -rf build

.PHONY: all clean
