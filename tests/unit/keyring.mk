if HAVE_CMOCKA
check_PROGRAMS += test-keyring test-grant
TESTS += test-keyring test-grant
test_keyring_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(KEYUTILS_CFLAGS)
test_keyring_SOURCES = tests/unit/test-keyring.c tests/unit/rings.h tests/unit/check.h
test_keyring_LDADD = libkeyring.la libcommon.la $(CMOCKA_LIBS)

test_grant_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(KEYUTILS_CFLAGS)
test_grant_SOURCES = tests/unit/test-grant.c tests/unit/rings.h tests/unit/check.h
test_grant_LDADD = libkeyring.la libcommon.la $(CMOCKA_LIBS)
endif
