# irutils: one Makefile, no configure.  `make demo` and `make check` are the two
# commands a newcomer needs; HACKING.md tells the rest.
#
# CC, CFLAGS, CPPFLAGS, LDFLAGS, PREFIX and DESTDIR are the user's.

VERSION  = 0.1.0
PREFIX  ?= /usr/local
BUILD   ?= build
MODE    ?= release
FUZZTIME ?= 60

B = $(BUILD)/$(MODE)
DATADIR = $(PREFIX)/share/ir

CFLAGS_release = -O2 -g -fno-plt
CFLAGS_asan    = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS ?= $(CFLAGS_$(MODE))

WARN = -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wpointer-arith -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes -Wundef $(if $(CI),-Werror)
ALL_CPPFLAGS = -D_GNU_SOURCE -DIR_VERSION='"$(VERSION)"' -DIR_DATADIR='"$(DATADIR)"' \
	$(patsubst %,-iquote %,$(sort $(dir $(wildcard lib/*/)))) $(CPPFLAGS)
ALL_CFLAGS  = -std=c11 $(WARN) $(if $(filter asan,$(MODE)),$(CFLAGS_asan)) $(CFLAGS) -MMD -MP
ALL_LDFLAGS = $(if $(filter asan,$(MODE)),$(CFLAGS_asan)) -Wl,--as-needed $(LDFLAGS)

# The archives where there are some: a program then needs libc alone at run time.
static = $(if $(wildcard /usr/lib/*/lib$(1).a /usr/lib/lib$(1).a /usr/lib64/lib$(1).a),-l:lib$(1).a,-l$(1))
LIBS = $(call static,yaml) $(call static,pcre2-8) $(call static,z) $(call static,zstd) \
	$(call static,lzma) $(call static,seccomp) $(call static,crypto) -lm -lpthread -ldl

LIB_SRC  = $(wildcard lib/*/*.c)
LIB_OBJ  = $(LIB_SRC:%.c=$B/%.o)
PROGS    = $(foreach d,$(wildcard cmd/*),$(if $(wildcard $d/$(notdir $d).c),$(notdir $d)))
CMD_SRC  = $(wildcard cmd/*/*.c)
CMD_OBJ  = $(CMD_SRC:%.c=$B/%.o)
MAIN_OBJ = $(foreach p,$(PROGS),$B/cmd/$p/$p.o)
UNIT     = $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
FUZZ     = $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/main.c,$(wildcard tests/fuzz/*.c)))

all: $(PROGS:%=$B/bin/%) $(BUILD)/bin

$(BUILD)/bin: | $B/bin
	@[ "$(MODE)" != release ] || ln -sfn release/bin $@

$B/bin:
	@mkdir -p $@

$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$B/libir.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$B/libcmd.a: $(filter-out $(MAIN_OBJ),$(CMD_OBJ))
	@rm -f $@
	$(AR) rcs $@ $^

# What every line that irnorm reads goes through is compiled as one, where gcc does it, and
# with -O3 instead of -O2: a tenth less time.  LTO=no links faster.
LTO ?= yes
HOT = $(addprefix lib/,base/arena base/buf base/ip base/map base/needles base/sha256 base/spread base/str \
	base/when domain/clocks domain/owned domain/site_ask program/inputs program/instance program/loop \
	record/block record/json sys/lines sys/out) \
	$(addprefix cmd/irnorm/,apply carrier choice convert copy decode deep derive envelope event field finish \
	flow guess header history ids irnorm leaves login lookup motif motif_fit norm object pick read related row \
	rows spell stamp take)
$(foreach h,$(HOT),$(if $(wildcard $h.c),,$(error HOT names $h, which is not there)))
ifeq ($(MODE) $(LTO) $(findstring Free Software,$(shell $(CC) --version)),release yes Free Software)
$(HOT:%=$B/%.o): ALL_CFLAGS += -flto=auto -ffat-lto-objects $(if $(filter -O2,$(CFLAGS)),-O3)
$B/bin/irnorm: ALL_LDFLAGS += $(CFLAGS) -flto=auto
endif

# A program is its own folder's objects and what it uses of the library.
define program
$B/bin/$(1): $(patsubst %.c,$B/%.o,$(wildcard cmd/$(1)/*.c)) $B/libir.a | $B/bin
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach p,$(PROGS),$(eval $(call program,$p)))

$B/unit/%: tests/unit/%.c tests/unit/test.h $B/libcmd.a $B/libir.a Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -Itests/unit $(patsubst %,-I%,$(wildcard cmd/*)) $(ALL_CFLAGS) \
	    $(ALL_LDFLAGS) -o $@ $< $B/libcmd.a $B/libir.a $(LIBS)

# Fuzz targets over their corpora, without a fuzzing engine: part of `make check`.
$B/corpus/%: tests/fuzz/%.c tests/fuzz/main.c $B/libcmd.a $B/libir.a Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(patsubst %,-I%,$(wildcard cmd/*)) $(ALL_CFLAGS) -Wno-missing-prototypes \
	    $(ALL_LDFLAGS) -o $@ $< tests/fuzz/main.c $B/libcmd.a $B/libir.a $(LIBS)

# --- testing ---

check: deps-quiet
	$(MAKE) --no-print-directory all tests
	@tests/run $B

tests: $(UNIT:%=$B/unit/%) $(FUZZ:%=$B/corpus/%)

golden: all
	@tests/golden/run --write $B

lint: deps-quiet
	@tests/lint/run

fuzz: deps-quiet
	@tests/fuzz/run $(FUZZTIME)

bench: deps-quiet
	@$(MAKE) --no-print-directory all
	@tests/bench/run $B

# --- a new machine ---

deps:
	@tests/deps install

deps-quiet:
	@tests/deps check || tests/deps install

demo: deps-quiet
	@$(MAKE) --no-print-directory all
	@$B/bin/ir demo

# --- installing ---

install: all
	@tests/install $B "$(DESTDIR)" "$(PREFIX)"

uninstall:
	@tests/install --remove $B "$(DESTDIR)" "$(PREFIX)"

completions: all
	@tests/completions $B

clean:
	rm -rf $(BUILD)

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(wildcard $B/unit/*.d $B/corpus/*.d)

.PHONY: all check tests golden lint fuzz bench deps deps-quiet demo install uninstall completions clean
.DELETE_ON_ERROR:
