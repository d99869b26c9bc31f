# The sources that ask engines.
if HAVE_CMOCKA
source_tests = test-source-record test-source-cache
check_PROGRAMS += $(source_tests)
TESTS += $(source_tests)

test_source_record_CPPFLAGS = $(unit_cppflags)
test_source_record_SOURCES = tests/unit/test-source-record.c tests/unit/check.h
test_source_record_LDADD = libsource.la $(unit_store)

test_source_cache_CPPFLAGS = $(unit_cppflags) -UHF_CACHE_FOLDER -UHF_SEEN_FOLDER \
	-DHF_CACHE_FOLDER='"$(abs_builddir)/tests/unit/source-cache"' \
	-DHF_SEEN_FOLDER='"$(abs_builddir)/tests/unit/source-seen"'
test_source_cache_SOURCES = tests/unit/test-source-cache.c tests/unit/check.h tests/unit/sealed.h \
	tests/unit/signing.h tools/source/cache.c tools/source/outage.c
test_source_cache_LDADD = libsource.la $(unit_store)
endif

check_PROGRAMS += fuzz-record
fuzz_record_CPPFLAGS = $(fuzz_cppflags)
fuzz_record_SOURCES = tests/fuzz/fuzz-record.c $(fuzz_main)
fuzz_record_LDFLAGS = $(fuzz_ldflags)
fuzz_record_LDADD = libsource.la $(fuzz_ldadd)

# What the tests of fleets lay into engines.
check_PROGRAMS += publish-by-hand
publish_by_hand_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS)
publish_by_hand_SOURCES = tests/fleet/publish-by-hand.c
publish_by_hand_LDADD = libstore.la libcommon.la $(SODIUM_LIBS)
