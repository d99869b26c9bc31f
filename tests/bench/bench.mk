# `make bench` and `make bench-fleet`: what the design promises, measured.
check_PROGRAMS += bench-hosts bench-puts bench-seals
bench_hosts_SOURCES = tests/bench/hosts.c tests/bench/median.c tests/bench/median.h
bench_hosts_LDADD = libengine.la libsite.la libstore.la libcommon.la
bench_puts_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCURL_CFLAGS)
bench_puts_SOURCES = tests/bench/puts.c tests/bench/median.c tests/bench/median.h
bench_puts_LDADD = libengine.la libcommon.la $(LIBCURL_LIBS)
bench_seals_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS)
bench_seals_SOURCES = tests/bench/seals.c tests/bench/median.c tests/bench/median.h
bench_seals_LDADD = $(SODIUM_LIBS)

# The table comes on the standard output. The picture and the manual's section of the same figures
# are left in the build folder, as the source is to be read only in there: they go to
# man/fleet-cost.svg and into man/hf-token-fleet.7.
bench-fleet: all bench-hosts bench-puts bench-seals pam-host
	$(srcdir)/tests/system/sandbox --build . $(abs_srcdir)/tests/bench/bench-fleet \
		3>fleet-cost.svg 4>fleet-sizing.mdoc
CLEANFILES += fleet-cost.svg fleet-sizing.mdoc

.PHONY: bench-fleet
