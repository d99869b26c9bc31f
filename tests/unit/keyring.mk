if HAVE_CMOCKA
keyring_tests = test-asked test-demand test-keyring test-grant test-origin test-request test-tools-obtain
check_PROGRAMS += $(keyring_tests)
TESTS += $(keyring_tests)
test_keyring_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(KEYUTILS_CFLAGS)
test_keyring_SOURCES = tests/unit/test-keyring.c tests/unit/rings.h tests/unit/check.h
test_keyring_LDADD = libkeyring.la libcommon.la $(CMOCKA_LIBS)

test_asked_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_asked_SOURCES = tests/unit/test-asked.c tests/unit/check.h
test_asked_LDADD = libkeyring.la libcommon.la $(CMOCKA_LIBS)

test_grant_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(KEYUTILS_CFLAGS)
test_grant_SOURCES = tests/unit/test-grant.c tests/unit/rings.h tests/unit/check.h
test_grant_LDADD = libkeyring.la libcommon.la $(CMOCKA_LIBS)

test_origin_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(KEYUTILS_CFLAGS)
test_origin_SOURCES = tests/unit/test-origin.c tests/unit/rings.h tests/unit/check.h
test_origin_LDADD = libkeyring.la libcommon.la $(CMOCKA_LIBS)

# Its locks are not the machine's.
test_demand_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(KEYUTILS_CFLAGS) -UHF_RUN_FOLDER \
	-DHF_RUN_FOLDER='"$(abs_builddir)/tests/unit/demand-run"'
test_demand_SOURCES = tests/unit/test-demand.c tests/unit/rings.h tests/unit/check.h \
	tools/demand/ledger.c tools/demand/policy.c tools/look.c common/login.c
test_demand_LDADD = libsite.la libkeyring.la libcommon.la $(CMOCKA_LIBS)

test_request_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
test_request_SOURCES = tests/unit/test-request.c tests/unit/check.h tools/session/request.c
test_request_LDADD = libcommon.la $(CMOCKA_LIBS)

# The programs beside it are this one again, in a folder of the build tree.
test_tools_obtain_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(KEYUTILS_CFLAGS) -UHF_HELPER_FOLDER \
	-DHF_HELPER_FOLDER='"$(abs_builddir)/tests/unit/beside"'
test_tools_obtain_SOURCES = tests/unit/test-tools-obtain.c tests/unit/rings.h tests/unit/check.h \
	tests/unit/captured.h tools/beside.c tools/obtain.c
test_tools_obtain_LDADD = libtools.la libkeyring.la libcommon.la $(CMOCKA_LIBS)
endif
