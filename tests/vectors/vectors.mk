# Test vectors: vectors.json is printed by generate-vectors, noble.json by seal.mjs; tests/vectors/run lets the second
# implementation open what the first sealed, and the other way round.
check_PROGRAMS += generate-vectors
generate_vectors_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
generate_vectors_SOURCES = tests/vectors/generate.c tests/vectors/fleet.c tests/vectors/fleet.h \
	tests/vectors/ok.h
generate_vectors_LDADD = libstore.la libcommon.la $(SODIUM_LIBS) $(JSON_C_LIBS)

EXTRA_DIST += tests/vectors/vectors.json tests/vectors/noble.json tests/vectors/format.mjs \
	tests/vectors/fleet.mjs tests/vectors/check.mjs tests/vectors/seal.mjs tests/vectors/package.json \
	tests/vectors/package-lock.json tests/vectors/run

if HAVE_CMOCKA
check_PROGRAMS += test-vectors test-fleet-vectors
TESTS += test-vectors test-fleet-vectors
test_vectors_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS) \
	-DHF_VECTORS_FOLDER='"$(abs_srcdir)/tests/vectors"' -DHF_BUILD_FOLDER='"$(abs_builddir)"'
test_vectors_SOURCES = tests/vectors/test-vectors.c tests/vectors/reading.h tests/unit/check.h
test_vectors_LDADD = libstore.la libcommon.la $(CMOCKA_LIBS) $(SODIUM_LIBS) $(JSON_C_LIBS)

test_fleet_vectors_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS) \
	-DHF_VECTORS_FOLDER='"$(abs_srcdir)/tests/vectors"'
test_fleet_vectors_SOURCES = tests/vectors/test-fleet-vectors.c tests/vectors/reading.h tests/unit/check.h
test_fleet_vectors_LDADD = $(test_vectors_LDADD)
endif

.PHONY: clean-vectors
clean-local: clean-vectors
clean-vectors:
	rm -rf tests/vectors/node
