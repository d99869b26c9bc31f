if HAVE_CMOCKA
check_PROGRAMS += test-keyring
TESTS += test-keyring
test_keyring_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(KEYUTILS_CFLAGS)
test_keyring_SOURCES = tests/unit/test-keyring.c
test_keyring_LDADD = libkeyring.la libcommon.la $(CMOCKA_LIBS)
endif
