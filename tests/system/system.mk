# Programs that the system tests drive; `make check` builds them and runs none.
check_PROGRAMS += pam-host kill-at seal-by-hand
pam_host_SOURCES = tests/pam/host.c tests/pam/snapshot.c tests/pam/snapshot.h
pam_host_LDADD = $(PAM_LIBS)
if SANITIZERS
# ASan wraps crypt(3), and jumps to address 0 where the library comes only later, with pam_unix.
pam_host_LDFLAGS = $(AM_LDFLAGS) -Wl,--no-as-needed
pam_host_LDADD += -lcrypt
endif
kill_at_SOURCES = tests/system/kill-at.c
seal_by_hand_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS)
seal_by_hand_SOURCES = tests/system/seal-by-hand.c
seal_by_hand_LDADD = libstore.la libcommon.la

check_PROGRAMS += bench-spawn bench-session
bench_spawn_SOURCES = tests/bench/spawn.c tests/bench/median.c tests/bench/median.h
bench_session_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS)
bench_session_SOURCES = tests/bench/session.c tests/bench/median.c tests/bench/median.h
bench_session_LDADD = $(PAM_LIBS) $(SODIUM_LIBS)

# The names of the unit tests, for tests/run.
list-unit-tests:
	@printf '%s\n' $(TESTS)

bench: all bench-spawn bench-session
	$(srcdir)/tests/system/sandbox --build . $(abs_srcdir)/tests/bench/bench

.PHONY: list-unit-tests bench
