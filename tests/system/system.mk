# Programs that the system tests drive; `make check` builds them and runs none.
check_PROGRAMS += pam-host kill-at seal-briefly
pam_host_SOURCES = tests/pam/host.c tests/pam/snapshot.c tests/pam/snapshot.h
pam_host_LDADD = $(PAM_LIBS)
kill_at_SOURCES = tests/system/kill-at.c
seal_briefly_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS)
seal_briefly_SOURCES = tests/system/seal-briefly.c
seal_briefly_LDADD = libstore.la libcommon.la

# The names of the unit tests, for tests/run.
list-unit-tests:
	@printf '%s\n' $(TESTS)

bench: all $(check_PROGRAMS)
	$(srcdir)/tests/system/sandbox --build . $(srcdir)/tests/bench/bench

.PHONY: list-unit-tests bench
