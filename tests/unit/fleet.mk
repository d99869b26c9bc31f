# Unit tests of site/, engine/ and tools/fleet/.
if HAVE_CMOCKA
fleet_programs = test-settings test-engine test-fleet-batch test-fleet-taken
check_PROGRAMS += $(fleet_programs)
TESTS += $(fleet_programs)

test_settings_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_settings_SOURCES = tests/unit/test-settings.c tests/unit/check.h
test_settings_LDADD = libsite.la libcommon.la $(CMOCKA_LIBS)

test_engine_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_engine_SOURCES = tests/unit/test-engine.c tests/unit/check.h
test_engine_LDADD = libengine.la libsite.la libcommon.la $(CMOCKA_LIBS)

test_fleet_batch_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SODIUM_CFLAGS)
test_fleet_batch_SOURCES = tests/unit/test-fleet-batch.c tests/unit/check.h tests/unit/captured.h \
	tests/unit/sealed.h
test_fleet_batch_LDADD = libfleet.la libintake.la libtools.la libengine.la libsite.la libstore.la \
	libcommon.la $(CMOCKA_LIBS)

test_fleet_taken_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SODIUM_CFLAGS)
test_fleet_taken_SOURCES = tests/unit/test-fleet-taken.c tests/unit/check.h tests/unit/captured.h \
	tests/unit/sealed.h
test_fleet_taken_LDADD = libfleet.la libintake.la libtools.la libengine.la libsite.la libstore.la \
	libcommon.la $(CMOCKA_LIBS)
endif
