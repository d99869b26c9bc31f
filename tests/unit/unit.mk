# Unit tests: each program counts for itself, as TAP with CMOCKA_MESSAGE_OUTPUT=tap.
if HAVE_CMOCKA
unit_programs = test-common test-io test-child
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)

test_common_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_common_SOURCES = tests/unit/test-common.c tests/unit/check.h
test_common_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=munmap
test_common_LDADD = libcommon.la $(CMOCKA_LIBS)

test_io_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_io_SOURCES = tests/unit/test-io.c tests/unit/check.h
test_io_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mkostemp -Wl,--wrap=write -Wl,--wrap=fchmod \
	-Wl,--wrap=fsync -Wl,--wrap=rename -Wl,--wrap=link
test_io_LDADD = libcommon.la $(CMOCKA_LIBS)

test_child_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_child_SOURCES = tests/unit/test-child.c tests/unit/check.h
test_child_LDADD = libcommon.la $(CMOCKA_LIBS)
endif
