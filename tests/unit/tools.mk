if HAVE_CMOCKA
tools_tests = test-tools-words test-tools-intake test-tools-doctor \
	test-tools-hub test-tools-browser \
	test-clients-shell test-clients-files test-clients-git
check_PROGRAMS += $(tools_tests)
TESTS += $(tools_tests)

tools_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)

test_tools_words_CPPFLAGS = $(tools_cppflags)
test_tools_words_SOURCES = tests/unit/test-tools-words.c tests/unit/check.h \
	tests/unit/captured.h tools/hf-token/environment.c tools/hf-tokenctl/commands.c
test_tools_words_LDADD = libtools.la libcommon.la $(CMOCKA_LIBS)

test_tools_intake_CPPFLAGS = $(tools_cppflags)
test_tools_intake_SOURCES = tests/unit/test-tools-intake.c tests/unit/check.h \
	tests/unit/sealed.h tests/unit/captured.h
test_tools_intake_LDADD = libintake.la libtools.la libstore.la libcommon.la $(CMOCKA_LIBS)

test_tools_doctor_CPPFLAGS = $(tools_cppflags)
test_tools_doctor_SOURCES = tests/unit/test-tools-doctor.c tests/unit/check.h \
	tools/doctor/stack.c
test_tools_doctor_LDADD = libcommon.la $(CMOCKA_LIBS)

test_clients_shell_CPPFLAGS = $(tools_cppflags)
test_clients_shell_SOURCES = tests/unit/test-clients-shell.c tests/unit/check.h tests/unit/cuts.h
test_clients_shell_LDADD = libclients.la libcommon.la $(CMOCKA_LIBS)

test_clients_files_CPPFLAGS = $(tools_cppflags)
test_clients_files_SOURCES = tests/unit/test-clients-files.c tests/unit/check.h tests/unit/cuts.h
test_clients_files_LDADD = libclients.la libcommon.la $(CMOCKA_LIBS)

test_clients_git_CPPFLAGS = $(tools_cppflags)
test_clients_git_SOURCES = tests/unit/test-clients-git.c tests/unit/check.h
test_clients_git_LDADD = libclients.la libhub.la libcommon.la $(CMOCKA_LIBS)

test_tools_hub_CPPFLAGS = $(tools_cppflags) $(QRENCODE_CFLAGS)
test_tools_hub_SOURCES = tests/unit/test-tools-hub.c tests/unit/check.h tests/unit/captured.h \
	tools/hf-token-hub/about.c tools/hf-token-hub/add.c tools/hf-token-hub/client.c \
	tools/hf-token-hub/qr.c tools/hf-token-hub/refresh.c tools/hf-token-hub/speak.c
test_tools_hub_LDADD = libholdings.la libintake.la libtools.la libkeyring.la libstore.la libhub.la \
	libcommon.la $(QRENCODE_LIBS) $(CMOCKA_LIBS)
test_tools_hub_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=switch_read

test_tools_browser_CPPFLAGS = $(tools_cppflags) $(QRENCODE_CFLAGS)
test_tools_browser_SOURCES = tests/unit/test-tools-browser.c tests/unit/check.h \
	tests/unit/captured.h tools/hf-token-hub/browser.c tools/hf-token-hub/qr.c \
	tools/hf-token-hub/speak.c
test_tools_browser_LDADD = libtools.la libhub.la libcommon.la $(QRENCODE_LIBS) $(CMOCKA_LIBS)
test_tools_browser_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_ms -Wl,--wrap=nanosleep \
	-Wl,--wrap=device_start -Wl,--wrap=device_poll
endif
