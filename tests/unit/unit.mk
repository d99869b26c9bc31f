# Unit tests: each program counts for itself, as TAP with CMOCKA_MESSAGE_OUTPUT=tap.
if HAVE_CMOCKA
unit_programs = test-common test-io test-stream test-child test-json test-members test-seal \
	test-document test-about test-tokens test-identity test-switch test-hostkey test-files \
	test-memory test-signed test-signers test-published test-head test-pool test-object-path \
	test-fleet-key test-unsealer
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)

unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
# ASan makes mlock(2) do nothing.
if SANITIZERS
unit_locks = 0
else
unit_locks = 1
endif

unit_store = libstore.la libcommon.la $(CMOCKA_LIBS) $(SODIUM_LIBS) $(JSON_C_LIBS)

test_common_CPPFLAGS = $(unit_cppflags) -DHF_TEST_LOCKS=$(unit_locks)
test_common_SOURCES = tests/unit/test-common.c tests/unit/check.h
test_common_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=munmap
test_common_LDADD = libcommon.la $(CMOCKA_LIBS)

test_io_CPPFLAGS = $(unit_cppflags)
test_io_SOURCES = tests/unit/test-io.c tests/unit/check.h
test_io_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=open -Wl,--wrap=write -Wl,--wrap=fchmod \
	-Wl,--wrap=fsync -Wl,--wrap=rename -Wl,--wrap=link -Wl,--wrap=fstat
test_io_LDADD = libcommon.la $(CMOCKA_LIBS)

test_stream_CPPFLAGS = $(unit_cppflags)
test_stream_SOURCES = tests/unit/test-stream.c tests/unit/check.h
test_stream_LDADD = libcommon.la $(CMOCKA_LIBS)

test_child_CPPFLAGS = $(unit_cppflags)
test_child_SOURCES = tests/unit/test-child.c tests/unit/check.h
test_child_LDADD = libcommon.la $(CMOCKA_LIBS)

test_json_CPPFLAGS = $(unit_cppflags)
test_json_SOURCES = tests/unit/test-json.c tests/unit/check.h
test_json_LDADD = $(unit_store)

test_members_CPPFLAGS = $(unit_cppflags)
test_members_SOURCES = tests/unit/test-members.c tests/unit/check.h
test_members_LDADD = $(unit_store)

test_seal_CPPFLAGS = $(unit_cppflags)
test_seal_SOURCES = tests/unit/test-seal.c tests/unit/check.h tests/unit/sealed.h
test_seal_LDADD = $(unit_store)
test_document_CPPFLAGS = $(unit_cppflags)
test_document_SOURCES = tests/unit/test-document.c tests/unit/documents.h tests/unit/check.h \
	tests/unit/sealed.h
test_document_LDADD = $(unit_store)

test_about_CPPFLAGS = $(unit_cppflags)
test_about_SOURCES = tests/unit/test-about.c tests/unit/documents.h tests/unit/check.h \
	tests/unit/sealed.h
test_about_LDADD = $(unit_store)

test_tokens_CPPFLAGS = $(unit_cppflags)
test_tokens_SOURCES = tests/unit/test-tokens.c tests/unit/documents.h tests/unit/check.h \
	tests/unit/sealed.h
test_tokens_LDADD = $(unit_store)

test_identity_CPPFLAGS = $(unit_cppflags)
test_identity_SOURCES = tests/unit/test-identity.c tests/unit/check.h tests/unit/sealed.h
test_identity_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=crypto_pwhash
test_identity_LDADD = $(unit_store)

test_memory_CPPFLAGS = $(unit_cppflags)
test_memory_SOURCES = tests/unit/test-memory.c tests/unit/check.h tests/unit/sealed.h \
	tests/unit/counted.c tests/unit/counted.h
test_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=mmap \
	-Wl,--wrap=secret_new -Wl,--wrap=secret_copy -Wl,--wrap=secret_free
test_memory_LDADD = $(unit_store)

test_signed_CPPFLAGS = $(unit_cppflags)
test_signed_SOURCES = tests/unit/test-signed.c tests/unit/check.h tests/unit/sealed.h \
	tests/unit/signing.h
test_signed_LDADD = $(unit_store)

test_published_CPPFLAGS = $(unit_cppflags)
test_published_SOURCES = tests/unit/test-published.c tests/unit/check.h \
	tests/unit/sealed.h tests/unit/documents.h tests/unit/signing.h
test_published_LDADD = $(unit_store)

test_head_CPPFLAGS = $(unit_cppflags)
test_head_SOURCES = tests/unit/test-head.c tests/unit/check.h tests/unit/sealed.h
test_head_LDADD = $(unit_store)

test_object_path_CPPFLAGS = $(unit_cppflags)
test_object_path_SOURCES = tests/unit/test-object-path.c tests/unit/check.h tests/unit/sealed.h
test_object_path_LDADD = $(unit_store)

test_fleet_key_CPPFLAGS = $(unit_cppflags)
test_fleet_key_SOURCES = tests/unit/test-fleet-key.c tests/unit/check.h tests/unit/sealed.h \
	tests/unit/signing.h
test_fleet_key_LDADD = $(unit_store)

# What has paths compiled in is compiled again, with folders of the build tree.
test_switch_CPPFLAGS = $(unit_cppflags) -UHF_HELPER_FOLDER -UHF_ACCOUNT \
	-include $(srcdir)/tests/unit/helper-folder.h
test_switch_SOURCES = tests/unit/test-switch.c tests/unit/check.h tests/unit/helper-folder.h store/switch.c
test_switch_LDADD = $(unit_store)

test_hostkey_CPPFLAGS = $(unit_cppflags) -UHF_KEY_FOLDER -UHF_SYSTEMD_CREDS \
	-DHF_KEY_FOLDER='"$(abs_builddir)/tests/unit/keys"' \
	-DHF_SYSTEMD_CREDS='"$(abs_builddir)/tests/unit/creds"'
test_hostkey_SOURCES = tests/unit/test-hostkey.c tests/unit/check.h tests/unit/sealed.h \
	store/hostkey.c
test_hostkey_LDADD = $(unit_store)

test_signers_CPPFLAGS = $(unit_cppflags) -UHF_SIGNERS_FILE \
	-DHF_SIGNERS_FILE='"$(abs_builddir)/tests/unit/signers"'
test_signers_SOURCES = tests/unit/test-signers.c tests/unit/check.h tests/unit/sealed.h \
	tests/unit/signing.h store/signers.c
test_signers_LDADD = $(unit_store)

test_pool_CPPFLAGS = $(unit_cppflags) -UHF_POOLS_FOLDER \
	-DHF_POOLS_FOLDER='"$(abs_builddir)/tests/unit/pools"'
test_pool_SOURCES = tests/unit/test-pool.c tests/unit/check.h tests/unit/sealed.h store/pool.c
test_pool_LDADD = $(unit_store)

test_unsealer_CPPFLAGS = $(unit_cppflags) -UHF_POOLS_FOLDER \
	-DHF_POOLS_FOLDER='"$(abs_builddir)/tests/unit/unsealer-pools"'
test_unsealer_SOURCES = tests/unit/test-unsealer.c tests/unit/check.h tests/unit/sealed.h \
	store/pool.c tools/session/unsealer.c
test_unsealer_LDADD = $(unit_store)

test_files_CPPFLAGS = $(unit_cppflags) -UHF_TOKENS_FOLDER \
	-DHF_TOKENS_FOLDER='"$(abs_builddir)/tests/unit/tokens"' \
	-DHF_INSTALLED_TOKENS='"$(localstatedir)/lib/hf-token/tokens"' \
	-DHF_BUILD_FOLDER='"$(abs_builddir)"'
test_files_SOURCES = tests/unit/test-files.c tests/unit/check.h tests/unit/sealed.h \
	store/files.c store/paths.c
test_files_LDADD = $(unit_store)
endif
