# Fuzzers. With --enable-fuzzers they are libFuzzer's; else programs that replay the corpus, in `make check`.
fuzz_programs = fuzz-document fuzz-identity fuzz-json fuzz-switch fuzz-hostpub \
	fuzz-signed fuzz-signers fuzz-answer fuzz-head fuzz-host-keys fuzz-object-path \
	fuzz-whoami fuzz-oauth fuzz-endpoint fuzz-grant fuzz-headers
check_PROGRAMS += $(fuzz_programs)
TESTS += tests/fuzz/run
EXTRA_DIST += tests/fuzz/run tests/fuzz/hub.dict tests/fuzz/json.dict tests/fuzz/switch.dict tests/fuzz/corpus

if ENABLE_FUZZERS
fuzz_main = tests/fuzz/fuzz.h
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
fuzz_main = tests/fuzz/fuzz.h tests/fuzz/replay.c
fuzz_ldflags = $(AM_LDFLAGS)
endif
fuzz_cppflags = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
fuzz_ldadd = libstore.la libcommon.la $(SODIUM_LIBS) $(JSON_C_LIBS)

fuzz_document_CPPFLAGS = $(fuzz_cppflags)
fuzz_document_SOURCES = tests/fuzz/fuzz-document.c $(fuzz_main)
fuzz_document_LDFLAGS = $(fuzz_ldflags)
fuzz_document_LDADD = $(fuzz_ldadd)

fuzz_identity_CPPFLAGS = $(fuzz_cppflags)
fuzz_identity_SOURCES = tests/fuzz/fuzz-identity.c $(fuzz_main)
fuzz_identity_LDFLAGS = $(fuzz_ldflags)
fuzz_identity_LDADD = $(fuzz_ldadd)

fuzz_json_CPPFLAGS = $(fuzz_cppflags)
fuzz_json_SOURCES = tests/fuzz/fuzz-json.c $(fuzz_main)
fuzz_json_LDFLAGS = $(fuzz_ldflags)
fuzz_json_LDADD = $(fuzz_ldadd)

fuzz_switch_CPPFLAGS = $(fuzz_cppflags)
fuzz_switch_SOURCES = tests/fuzz/fuzz-switch.c $(fuzz_main)
fuzz_switch_LDFLAGS = $(fuzz_ldflags)
fuzz_switch_LDADD = $(fuzz_ldadd)

fuzz_hostpub_CPPFLAGS = $(fuzz_cppflags)
fuzz_hostpub_SOURCES = tests/fuzz/fuzz-hostpub.c $(fuzz_main)
fuzz_hostpub_LDFLAGS = $(fuzz_ldflags)
fuzz_hostpub_LDADD = $(fuzz_ldadd)

# What is published.
fuzz_signed_CPPFLAGS = $(fuzz_cppflags)
fuzz_signed_SOURCES = tests/fuzz/fuzz-signed.c $(fuzz_main)
fuzz_signed_LDFLAGS = $(fuzz_ldflags)
fuzz_signed_LDADD = $(fuzz_ldadd)

fuzz_signers_CPPFLAGS = $(fuzz_cppflags)
fuzz_signers_SOURCES = tests/fuzz/fuzz-signers.c $(fuzz_main)
fuzz_signers_LDFLAGS = $(fuzz_ldflags)
fuzz_signers_LDADD = $(fuzz_ldadd)

fuzz_answer_CPPFLAGS = $(fuzz_cppflags)
fuzz_answer_SOURCES = tests/fuzz/fuzz-answer.c $(fuzz_main)
fuzz_answer_LDFLAGS = $(fuzz_ldflags)
fuzz_answer_LDADD = $(fuzz_ldadd)

fuzz_head_CPPFLAGS = $(fuzz_cppflags)
fuzz_head_SOURCES = tests/fuzz/fuzz-head.c $(fuzz_main)
fuzz_head_LDFLAGS = $(fuzz_ldflags)
fuzz_head_LDADD = $(fuzz_ldadd)

fuzz_host_keys_CPPFLAGS = $(fuzz_cppflags)
fuzz_host_keys_SOURCES = tests/fuzz/fuzz-host-keys.c $(fuzz_main)
fuzz_host_keys_LDFLAGS = $(fuzz_ldflags)
fuzz_host_keys_LDADD = $(fuzz_ldadd)

fuzz_object_path_CPPFLAGS = $(fuzz_cppflags)
fuzz_object_path_SOURCES = tests/fuzz/fuzz-object-path.c $(fuzz_main)
fuzz_object_path_LDFLAGS = $(fuzz_ldflags)
fuzz_object_path_LDADD = $(fuzz_ldadd)

# What other programs keep.
clients_programs = fuzz-stored-file fuzz-netrc-file fuzz-git-file fuzz-shell-file \
	fuzz-git-request
check_PROGRAMS += $(clients_programs)
clients_ldadd = libclients.la libcommon.la

fuzz_stored_file_SOURCES = tests/fuzz/fuzz-stored-file.c tests/fuzz/fuzz-clients.h $(fuzz_main)
fuzz_stored_file_LDFLAGS = $(fuzz_ldflags)
fuzz_stored_file_LDADD = $(clients_ldadd)

fuzz_netrc_file_SOURCES = tests/fuzz/fuzz-netrc-file.c tests/fuzz/fuzz-clients.h $(fuzz_main)
fuzz_netrc_file_LDFLAGS = $(fuzz_ldflags)
fuzz_netrc_file_LDADD = $(clients_ldadd)

fuzz_git_file_SOURCES = tests/fuzz/fuzz-git-file.c tests/fuzz/fuzz-clients.h $(fuzz_main)
fuzz_git_file_LDFLAGS = $(fuzz_ldflags)
fuzz_git_file_LDADD = $(clients_ldadd)

fuzz_shell_file_SOURCES = tests/fuzz/fuzz-shell-file.c tests/fuzz/fuzz-clients.h $(fuzz_main)
fuzz_shell_file_LDFLAGS = $(fuzz_ldflags)
fuzz_shell_file_LDADD = $(clients_ldadd)

fuzz_git_request_SOURCES = tests/fuzz/fuzz-git-request.c $(fuzz_main)
fuzz_git_request_LDFLAGS = $(fuzz_ldflags)
fuzz_git_request_LDADD = $(clients_ldadd)

# What the Hub sends, and what names it.
fuzz_hub_cppflags = $(AM_CPPFLAGS) $(JSON_C_CFLAGS) $(LIBCURL_CFLAGS)
fuzz_hub_ldadd = libhub.la libcommon.la

fuzz_whoami_CPPFLAGS = $(fuzz_hub_cppflags)
fuzz_whoami_SOURCES = tests/fuzz/fuzz-whoami.c tests/fuzz/printable.h $(fuzz_main)
fuzz_whoami_LDFLAGS = $(fuzz_ldflags)
fuzz_whoami_LDADD = $(fuzz_hub_ldadd)

fuzz_oauth_CPPFLAGS = $(fuzz_hub_cppflags)
fuzz_oauth_SOURCES = tests/fuzz/fuzz-oauth.c tests/fuzz/printable.h $(fuzz_main)
fuzz_oauth_LDFLAGS = $(fuzz_ldflags)
fuzz_oauth_LDADD = $(fuzz_hub_ldadd)

fuzz_endpoint_CPPFLAGS = $(fuzz_hub_cppflags)
fuzz_endpoint_SOURCES = tests/fuzz/fuzz-endpoint.c tests/fuzz/printable.h $(fuzz_main)
fuzz_endpoint_LDFLAGS = $(fuzz_ldflags)
fuzz_endpoint_LDADD = $(fuzz_hub_ldadd)

fuzz_grant_CPPFLAGS = $(fuzz_hub_cppflags)
fuzz_grant_SOURCES = tests/fuzz/fuzz-grant.c tests/fuzz/printable.h $(fuzz_main)
fuzz_grant_LDFLAGS = $(fuzz_ldflags)
fuzz_grant_LDADD = $(fuzz_hub_ldadd)

fuzz_headers_CPPFLAGS = $(fuzz_hub_cppflags)
fuzz_headers_SOURCES = tests/fuzz/fuzz-headers.c tests/fuzz/printable.h $(fuzz_main)
fuzz_headers_LDFLAGS = $(fuzz_ldflags)
fuzz_headers_LDADD = $(fuzz_hub_ldadd)

# Others may add a prerequisite of their own to clean-local.
.PHONY: clean-fuzz
clean-local: clean-fuzz
clean-fuzz:
	rm -rf tests/fuzz/found
