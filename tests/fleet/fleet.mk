# Programs that the tests of fleets drive.
check_PROGRAMS += engine-try
engine_try_SOURCES = tests/fleet/engine-try.c
engine_try_LDADD = libengine.la libsite.la libcommon.la
