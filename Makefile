# One non-recursive Makefile; everything it makes is under build/.
#   make            build/semsd, build/semsctl and build/semsweb
#   make demo       an airport quarter, simulated, stored and summarised
#   make test       the tests, with the sanitizers; closes with "N passed, N failed"
#   make test-long  the suites that take longest, in the same way
#   make bench      what semsd reaches beside the database's own COPY, in build/bench.json
#   make sim        seeded schedules of the engine of ingest: SCHEDULES=n SEED=s
#   make fuzz       what reads bytes of others, under libFuzzer: RUNS=n SECONDS=s TARGET=t
#   make torture    the real thing under real faults: SEED=, SECONDS= or ROUNDS=, FAULTS=F2,F9
#   make coverage   branches of guard and sessions that the tests reach
#   make lint       format, layers, clang-tidy, cppcheck
#   make install    into prefix=/usr/local, below DESTDIR=; make uninstall takes the same away
#   make deb        packages for Debian 12, in build/deb
#   make deps       the Debian packages this needs (as root or with sudo)
.DEFAULT_GOAL := all
MODE    ?= release
B       ?= build/$(MODE)
VERSION := 0.1.0
CC      ?= gcc
PROTOC  ?= protoc-c
LAYERS  := base core wire ingest host store render client office door jobs net web
GEN     := $(B)/gen

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wvla \
        -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wundef -Wswitch-enum \
        -Wcast-qual -Wpointer-arith -Wwrite-strings -Wnull-dereference \
        -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wdeclaration-after-statement $(if $(CI),-Werror)
SAN_asan    := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SAN_cov     := --coverage
SAN_fuzz    := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_release := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
OPT_asan    := -O1
OPT_cov     := -O0
OPT_fuzz    := -O2
LINK_release := -pie -Wl,-z,relro,-z,now
LINK_fuzz   := -fsanitize=fuzzer
PGINC   := $(shell pg_config --includedir 2>/dev/null)
CPPFLAGS += -D_GNU_SOURCE -DSEMS_VERSION='"$(VERSION)"' -Idaemon -I. -isystem $(GEN) $(if $(PGINC),-isystem $(PGINC))
CFLAGS   += -std=c11 -g $(OPT_$(MODE)) $(SAN_$(MODE)) $(WARN)
LDFLAGS  += $(SAN_$(MODE)) $(LINK_$(MODE))
LIBS     := -levent_openssl -levent -lssl -lpq -lprotobuf-c -lcrypto -lcyaml -ljansson -lsystemd -lm
RENDER_LIBS := -lxlsxwriter -lzip -lexpat

PROTOS  := $(wildcard proto/sems/v1/*.proto)
PBC     := $(PROTOS:proto/%.proto=$(GEN)/%.pb-c.c)
PBO     := $(PBC:$(GEN)/%.c=$(B)/gen/%.o)
obj      = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)))

# What semsweb serves as it is.
WEB_FILES := $(wildcard daemon/web/*/*.js daemon/web/field/*.html daemon/web/*/*.css daemon/web/field/*.svg daemon/web/field/*.webmanifest)

# A file that goes away is newer than nothing: the list of files is.
SOURCES := $(wildcard daemon/*/*.c daemon/*/*/*.c tools/*/*.c tools/*/*/*.c sql/*/*.sql sql/*/*/*.sql deploy/catalogue/*.yaml proto/*.json $(WEB_FILES))
.PHONY: FORCE
$(B)/.sources: FORCE
	@mkdir -p $(@D); echo '$(SOURCES)' | cmp -s - $@ || echo '$(SOURCES)' >$@

# Data compiled in: each file becomes a NUL-terminated array, see base/file/embed.h.
EMBED   := $(wildcard sql/migrations/*.sql sql/queries/*/*.sql sql/roles.sql sql/statistics.sql deploy/catalogue/*.yaml proto/*.schema.json) $(WEB_FILES)
EMBEDO  := $(B)/gen/files.o

layer_o  = $(call obj,daemon/$(1)/*.c daemon/$(1)/*/*.c)
tests_o  = $(call obj,tests/$(1)/*.c tests/$(1)/*/*.c tests/$(1)/*/*/*.c)
LIB_base := $(B)/libbase.a
LIB_core := $(B)/libcore.a $(LIB_base)
LIB_wire := $(B)/libwire.a $(LIB_core)
LIB_ingest := $(B)/libingest.a $(LIB_wire)
LIB_host := $(B)/libhost.a $(LIB_core)
LIB_store := $(B)/libstore.a $(B)/libhost.a $(LIB_ingest)
LIB_render := $(B)/librender.a $(LIB_core)
LIB_client := $(B)/libclient.a $(LIB_wire)
LIB_office := $(B)/liboffice.a $(LIB_store)
LIB_door := $(B)/libdoor.a $(LIB_office)
LIB_jobs := $(B)/libjobs.a $(LIB_store)
LIB_net  := $(B)/libnet.a $(B)/liboffice.a $(LIB_ingest)
LIB_web  := $(B)/libweb.a $(B)/librender.a $(B)/libnet.a $(LIB_wire)
LIB_tools := $(B)/libtools.a $(B)/librender.a $(LIB_client)

SEMSCTL := $(call obj,tools/semsctl/*.c tools/semsctl/*/*.c)

.PHONY: all
all: build/semsd build/semsctl build/semsweb
build/%: $(B)/%
	@ln -sfn $(if $(filter build/%,$(B)),$(B:build/%=%),$(abspath $(B)))/$* $@
# What speaks HTTP to strangers has no library of the database: tests/lint/symbols.sh.
$(B)/semsweb: $(B)/daemon/semsweb.o $(LIB_web)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -levent_openssl -levent -lssl -lcrypto -lfido2 -lprotobuf-c -lcyaml -ljansson -lm
$(B)/semsd: $(filter-out %/semsweb.o,$(call obj,daemon/*.c)) $(B)/libnet.a $(B)/libjobs.a $(LIB_door)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/semsctl: $(SEMSCTL) $(LIB_tools)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lprotobuf-c -lssl -lcrypto -lcyaml -ljansson -lcsv -lqrencode $(RENDER_LIBS) -lm
$(B)/semsbench: $(call obj,tools/bench/*.c) $(LIB_tools)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -levent_openssl -levent -lpq -lprotobuf-c -lssl -lcrypto -lcyaml -ljansson -lm
$(B)/libtools.a: $(foreach r,airport import pki sheet terminal time,$(call obj,tools/$(r)/*.c)) $(B)/.sources
	@rm -f $@
	$(AR) rcs $@ $(filter %.o,$^)

FIXTURE_tools := $(B)/tests/client/fake_daemon.o $(B)/tests/render/document_fixture.o
# net's tests drive the same sessions as ingest's.
FIXTURE_net := $(B)/tests/ingest/fixture.o
# The store writes the samples of core.
FIXTURE_store := $(B)/tests/core/sample.o
LIBS_web := -lfido2
FIXTURE_web := $(B)/tests/render/document_fixture.o
# Who else knows how to ask a cluster.
FIXTURE_host := $(B)/libstore.a $(B)/libhost.a $(LIB_ingest)
# All that ask a database have it from the same hooks.
FIXTURE_office := $(B)/tests/store/hooks.o
# The door's sessions are ingest's.
FIXTURE_door := $(B)/tests/ingest/fixture.o
FIXTURE_jobs := $(B)/tests/store/hooks.o

define layer
$(B)/lib$(1).a: $(call layer_o,$(1)) $(if $(filter wire,$(1)),$(PBO)) $(if $(filter base,$(1)),$(EMBEDO)) $(B)/.sources
	@rm -f $$@
	$$(AR) rcs $$@ $$(filter %.o,$$^)
$(B)/test_$(1): $(call tests_o,$(1)) $(call obj,tests/lib/*.c) $(FIXTURE_$(1)) $(LIB_$(1))
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) $$(RENDER_LIBS) $(LIBS_$(1)) -lcsv -lcriterion
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))
# Whose tests let memory run out.
$(B)/test_ingest: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
$(B)/test_tools: $(call tests_o,tools) $(call obj,tests/lib/*.c) $(FIXTURE_tools) $(filter-out $(B)/tools/semsctl/semsctl.o,$(SEMSCTL)) $(LIB_tools)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lqrencode -lcsv $(RENDER_LIBS) -lcriterion
# A world around the engine of ingest: one program for the tests, one for any number of schedules.
SIM := $(filter-out %/main.o %/suite.o,$(call obj,tests/sim/*.c))
$(B)/test_sim: $(B)/tests/sim/suite.o $(SIM) $(LIB_ingest)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lprotobuf-c -lcrypto -lcyaml -ljansson -lm -lcriterion
$(B)/sim: $(B)/tests/sim/main.o $(SIM) $(LIB_ingest)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lprotobuf-c -lcrypto -lcyaml -ljansson -lm

# Fuzz targets: with libFuzzer's main in MODE=fuzz, else with one that feeds files.
FUZZ_TARGETS := guard frame record session request catalogue map web
FUZZ_MAIN := $(if $(filter fuzz,$(MODE)),,$(B)/tests/fuzz/replay.o)
FUZZ_LIBS := -levent -lpq -lprotobuf-c -lcrypto -lfido2 -lcyaml -ljansson -lcsv $(RENDER_LIBS) -lm
FUZZ_WITH_record  := $(B)/tests/wire/make_record.o $(LIB_wire)
FUZZ_WITH_session := $(B)/tests/fuzz/world.o $(LIB_ingest)
FUZZ_WITH_request := $(B)/tests/fuzz/world.o $(B)/libdoor.a $(B)/liboffice.a $(B)/libstore.a $(B)/libhost.a $(LIB_ingest)
FUZZ_WITH_map     := $(LIB_tools)
FUZZ_WITH_web     := $(LIB_web)
define fuzz_program
$(B)/fuzz_$(1): $(B)/tests/fuzz/fuzz_$(1).o $(FUZZ_MAIN) $(or $(FUZZ_WITH_$(1)),$(LIB_wire))
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(FUZZ_LIBS)
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_program,$(t))))
# Its store comes first: there is no database behind it.
$(B)/fuzz_request: LDFLAGS += -Wl,-z,muldefs
$(B)/fuzz_seeds: $(B)/tests/fuzz/seeds.o $(B)/tests/wire/make_record.o $(LIB_wire)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(FUZZ_LIBS)

$(GEN)/files.S: $(EMBED) Makefile $(B)/.sources
	@mkdir -p $(@D)
	@{ echo '.section .rodata'; \
	for f in $(EMBED); do printf '1:\t.string "%s"\n2:\t.incbin "%s"\n\t.byte 0\n.section .data.rel.ro,"aw"\n\t.balign 8\n\t.quad 1b, 2b\n.section .rodata\n' "$$f" "$$f"; done; } > $@.raw
	@sed '1i .section .data.rel.ro,"aw"\n\t.balign 8\n\t.globl embed_table\nembed_table:\n.section .rodata' $@.raw > $@
	@printf '.section .data.rel.ro,"aw"\n\t.quad 0, 0\n.section .note.GNU-stack,"",@progbits\n' >> $@; rm $@.raw
$(EMBEDO): $(GEN)/files.S
	$(CC) $(CPPFLAGS) $(CFLAGS) -w -c -o $@ $<
$(B)/gen/%.o: $(GEN)/%.c | $(B)/.toolchain
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -w -MD -MP -c -o $@ $<
$(B)/%.o: %.c | $(PBC)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MD -MP -c -o $@ $<
$(B)/tests/%.o: WARN += -Wno-conversion -Wno-sign-conversion -Wno-cast-qual -Wno-format-truncation -Wno-declaration-after-statement
$(GEN)/%.pb-c.c: proto/%.proto | $(B)/.toolchain
	@mkdir -p $(GEN)
	$(PROTOC) -I proto --c_out=$(GEN) $<

# One clear sentence instead of the first missing header.
$(B)/.toolchain:
	@mkdir -p $(@D)
	@command -v $(firstword $(CC)) >/dev/null && command -v $(PROTOC) >/dev/null && \
	pkg-config --exists $(PC) || { \
	echo "A package that the build needs is missing: run 'make deps' first."; exit 1; }
	@touch $@

# --- installing ----------------------------------------------------------------------------------
prefix  ?= /usr/local
bindir  ?= $(prefix)/bin
datadir ?= $(prefix)/share
unitdir ?= $(prefix)/lib/systemd/system
COMPLETION := $(datadir)/bash-completion/completions/semsctl
SHARE   := deploy/semsd.yaml deploy/semsd-network.conf sql/roles.sql deploy/grafana/semsd.json $(wildcard deploy/catalogue/*.yaml proto/*.schema.json proto/sems/v1/*.proto)
INSTALLED := $(bindir)/semsd $(bindir)/semsctl $(bindir)/semsweb $(datadir)/man/man1/semsctl.1 $(datadir)/man/man8/semsd.8 \
             $(datadir)/man/man8/semsweb.8 $(unitdir)/semsd.service $(unitdir)/semsd.socket $(unitdir)/semsweb.service $(COMPLETION) $(addprefix $(datadir)/semsd/,$(notdir $(SHARE)))
.PHONY: install uninstall
install: all
	@install -d $(sort $(dir $(addprefix $(DESTDIR),$(INSTALLED))))
	@install -m 755 build/semsd build/semsctl build/semsweb $(DESTDIR)$(bindir)
	@install -m 644 deploy/man/semsctl.1 $(DESTDIR)$(datadir)/man/man1
	@install -m 644 deploy/man/semsd.8 deploy/man/semsweb.8 $(DESTDIR)$(datadir)/man/man8
	@install -m 644 $(SHARE) $(DESTDIR)$(datadir)/semsd
	@for u in semsd semsweb; do \
		sed "s|/usr/bin/semsd|$(bindir)/semsd|; s|/usr/bin/semsctl|$(bindir)/semsctl|; s|/usr/bin/semsweb|$(bindir)/semsweb|" deploy/$$u.service >$(DESTDIR)$(unitdir)/$$u.service; done
	@build/semsctl completion bash >$(DESTDIR)$(COMPLETION)
	@install -m 644 deploy/semsd.socket $(DESTDIR)$(unitdir)
	@chmod 644 $(DESTDIR)$(unitdir)/semsd.service $(DESTDIR)$(unitdir)/semsweb.service $(DESTDIR)$(COMPLETION)
uninstall:
	@rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@rmdir $(DESTDIR)$(datadir)/semsd 2>/dev/null || true

# --- packages ------------------------------------------------------------------------------------
PC        := libevent libevent_openssl libpq libprotobuf-c libcrypto libcyaml jansson xlsxwriter libzip expat libqrencode libfido2
DEPS      := gcc libc6-dev pkg-config libevent-dev libpq-dev libprotobuf-c-dev protobuf-c-compiler \
             protobuf-compiler libssl-dev libcyaml-dev libjansson-dev libcsv-dev libcriterion-dev \
             libxlsxwriter-dev libzip-dev libexpat1-dev libsystemd-dev libqrencode-dev libfido2-dev \
             postgresql-15 python3 python3-protobuf tzdata openssl
# What makes packages, and what judges them.
DEPS_DEB  := debhelper dpkg-dev lintian blhc
DEPS_LINT := clang-format clang-tidy cppcheck shellcheck
# What reads, shows and judges the exported files, and what makes faults; without them tests are skipped.
DEPS_TEST := python3-openpyxl python3-prometheus-client python3-jsonschema chromium fonts-dejavu-core poppler-utils \
             libreoffice-calc-nogui strace faketime bash-completion systemd nginx-light $(DEPS_DEB) $(if $(shell command -v npm),,npm)
DEPS_FUZZ := clang libclang-rt-14-dev
DEPS_COVERAGE := gcovr
.PHONY: deb deps deps-deb deps-test deps-lint deps-fuzz deps-coverage
deb: deps-deb
	@tools/deb.sh $(VERSION)
deps:
	@tools/deps.sh $(DEPS)
deps-deb: deps
	@tools/deps.sh $(DEPS_DEB)
deps-test: deps
	@tools/deps.sh $(DEPS_TEST)
deps-lint: deps-test
	@tools/deps.sh $(DEPS_LINT)
deps-fuzz: deps
	@tools/deps.sh $(DEPS_FUZZ)
deps-coverage: deps
	@tools/deps.sh $(DEPS_COVERAGE)

# --- demo, tests, lint ---------------------------------------------------------------------------
# Each builds through a second make: this one may have begun before the packages were there.
JOBS        := $(shell nproc 2>/dev/null || echo 2)
TEST_LAYERS := $(foreach l,$(LAYERS) tools sim,$(if $(wildcard tests/$(l)/*.c tests/$(l)/*/*.c),$(l)))
.PHONY: demo test test-long lint test-programs tidy bench bench-peers
# BENCH_SECONDS=, BENCH_ROWS=, BENCH_DIR=: tools/bench/README.md
bench: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all build/semsbench
	@tools/bench/bench.sh
bench-peers: deps
	@tools/bench/install_peers.sh
	@$(MAKE) --no-print-directory -j$(JOBS) all build/semsbench
	@BENCH_PEERS="$(or $(BENCH_PEERS),all)" tools/bench/bench.sh
SCHEDULES ?= 10000
SEED      ?= 1
.PHONY: sim
sim: $(B)/sim
	@$(B)/sim $(SCHEDULES) $(SEED) $(TRACE)
# Real semsds, both builds in turn, under the faults of tests/README.md.
.PHONY: torture torture-programs
PRELOADS := $(B)/failing_malloc.so $(B)/hanging_users.so
torture-programs: $(B)/semsd $(B)/semsctl $(PRELOADS)
torture: deps-test
	@$(MAKE) -s --no-print-directory -j$(JOBS) torture-programs
	@$(MAKE) -s --no-print-directory -j$(JOBS) MODE=asan torture-programs
	@$(if $(FAULTS),,SEMS_LONG=1 tests/run --long)
	@/usr/bin/python3 -B tests/world/world.py --build build/release,build/asan --long \
	$(if $(filter command line environment,$(origin SEED)),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS)) \
	$(if $(ROUNDS),--rounds $(ROUNDS),--seconds $(or $(SECONDS),900))
$(PRELOADS): $(B)/%.so: tests/world/%.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 $(WARN) -fPIC -shared -o $@ $< -ldl
demo: deps
	@echo "Building semsd and semsctl"
	@$(MAKE) -s --no-print-directory -j$(JOBS) all
	@tools/demo.sh
test: deps-test
	@tests/run
test-long: deps-test
	@tests/run --long
lint: deps-lint
	@tests/lint/run
test-programs: $(B)/semsd $(B)/semsctl $(B)/semsweb $(B)/semsbench $(PRELOADS) $(TEST_LAYERS:%=$(B)/test_%) $(FUZZ_TARGETS:%=$(B)/fuzz_%)
# RUNS=, SECONDS=, TARGET=, SEED=: tests/fuzz/run
.PHONY: fuzz coverage
coverage: deps-coverage
	@tests/coverage
fuzz: deps-fuzz
	@RUNS=$(RUNS) SECONDS_MAX=$(or $(SECONDS),0) SEED=$(if $(filter command%,$(origin SEED)),$(SEED),0) TARGET="$(TARGET)" tests/fuzz/run

# One stamp a file, so that a second run looks only at what has changed.
TIDY    := $(wildcard daemon/*.c daemon/*/*.c daemon/*/*/*.c tools/*/*.c tools/*/*/*.c tests/*/*.c tests/*/*/*.c tests/*/*/*/*.c)
HEADERS := $(wildcard daemon/*/*.h daemon/*/*/*.h tools/*/*.h tools/*/*/*.h tests/*/*.h tests/*/*/*.h)
tidy: $(TIDY:%.c=$(B)/tidy/%.ok)
$(B)/tidy/%.ok: %.c $(HEADERS) .clang-tidy | $(PBC)
	@mkdir -p $(@D)
	@clang-tidy --quiet $< -- $(CPPFLAGS) -std=c11 2>$@.log >$@.out || { cat $@.out; grep -v 'warnings generated' $@.log; false; }
	@touch $@

.SECONDARY:
.PHONY: clean
clean:
	rm -rf build
-include $(shell find $(B) -name '*.d' 2>/dev/null)
