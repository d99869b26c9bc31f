# Unit tests of site/ and engine/.
if HAVE_CMOCKA
fleet_programs = test-settings test-engine
check_PROGRAMS += $(fleet_programs)
TESTS += $(fleet_programs)

test_settings_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_settings_SOURCES = tests/unit/test-settings.c tests/unit/check.h
test_settings_LDADD = libsite.la libcommon.la $(CMOCKA_LIBS)

test_engine_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_engine_SOURCES = tests/unit/test-engine.c tests/unit/check.h
test_engine_LDADD = libengine.la libsite.la libcommon.la $(CMOCKA_LIBS)
endif
