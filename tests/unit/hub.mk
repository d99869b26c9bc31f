# hub/ without a network: what is asked is taken in hub_ask's place.
if HAVE_CMOCKA
hub_tests = test-hub-endpoint test-hub-grant test-hub-headers test-hub-answers test-hub-oauth \
	test-hub-request test-hub-memory
check_PROGRAMS += $(hub_tests)
TESTS += $(hub_tests)

hub_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(JSON_C_CFLAGS) $(LIBCURL_CFLAGS)
hub_ldadd = libhub.la libcommon.la $(CMOCKA_LIBS)

test_hub_endpoint_CPPFLAGS = $(hub_cppflags)
test_hub_endpoint_SOURCES = tests/unit/test-hub-endpoint.c tests/unit/check.h
test_hub_endpoint_LDADD = $(hub_ldadd)

test_hub_grant_CPPFLAGS = $(hub_cppflags)
test_hub_grant_SOURCES = tests/unit/test-hub-grant.c tests/unit/check.h
test_hub_grant_LDADD = $(hub_ldadd)

test_hub_headers_CPPFLAGS = $(hub_cppflags)
test_hub_headers_SOURCES = tests/unit/test-hub-headers.c tests/unit/check.h
test_hub_headers_LDADD = $(hub_ldadd)

test_hub_answers_CPPFLAGS = $(hub_cppflags)
test_hub_answers_SOURCES = tests/unit/test-hub-answers.c tests/unit/check.h
test_hub_answers_LDADD = $(hub_ldadd)

test_hub_oauth_CPPFLAGS = $(hub_cppflags)
test_hub_oauth_SOURCES = tests/unit/test-hub-oauth.c tests/unit/check.h
test_hub_oauth_LDADD = $(hub_ldadd)

test_hub_request_CPPFLAGS = $(hub_cppflags)
test_hub_request_SOURCES = tests/unit/test-hub-request.c tests/unit/check.h
test_hub_request_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=hub_ask
test_hub_request_LDADD = $(hub_ldadd)

test_hub_memory_CPPFLAGS = $(hub_cppflags)
test_hub_memory_SOURCES = tests/unit/test-hub-memory.c tests/unit/check.h \
	tests/unit/counted.c tests/unit/counted.h
test_hub_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mmap -Wl,--wrap=free -Wl,--wrap=secret_new \
	-Wl,--wrap=secret_copy -Wl,--wrap=secret_free
test_hub_memory_LDADD = $(hub_ldadd)
endif
