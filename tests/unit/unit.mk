# Unit tests: each program counts for itself, as TAP with CMOCKA_MESSAGE_OUTPUT=tap.
if HAVE_CMOCKA
unit_programs = test-common test-io test-child test-json test-seal \
	test-document test-identity
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)

unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
unit_store = libstore.la libcommon.la $(CMOCKA_LIBS) $(SODIUM_LIBS) $(JSON_C_LIBS)

test_common_CPPFLAGS = $(unit_cppflags)
test_common_SOURCES = tests/unit/test-common.c tests/unit/check.h
test_common_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=munmap
test_common_LDADD = libcommon.la $(CMOCKA_LIBS)

test_io_CPPFLAGS = $(unit_cppflags)
test_io_SOURCES = tests/unit/test-io.c tests/unit/check.h
test_io_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mkostemp -Wl,--wrap=write -Wl,--wrap=fchmod \
	-Wl,--wrap=fsync -Wl,--wrap=rename -Wl,--wrap=link
test_io_LDADD = libcommon.la $(CMOCKA_LIBS)

test_child_CPPFLAGS = $(unit_cppflags)
test_child_SOURCES = tests/unit/test-child.c tests/unit/check.h
test_child_LDADD = libcommon.la $(CMOCKA_LIBS)

test_json_CPPFLAGS = $(unit_cppflags)
test_json_SOURCES = tests/unit/test-json.c tests/unit/check.h
test_json_LDADD = $(unit_store)

test_seal_CPPFLAGS = $(unit_cppflags)
test_seal_SOURCES = tests/unit/test-seal.c tests/unit/check.h tests/unit/sealed.h
test_seal_LDADD = $(unit_store)
test_document_CPPFLAGS = $(unit_cppflags)
test_document_SOURCES = tests/unit/test-document.c tests/unit/check.h tests/unit/sealed.h
test_document_LDADD = $(unit_store)

test_identity_CPPFLAGS = $(unit_cppflags)
test_identity_SOURCES = tests/unit/test-identity.c tests/unit/check.h tests/unit/sealed.h
test_identity_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=crypto_pwhash
test_identity_LDADD = $(unit_store)
endif
