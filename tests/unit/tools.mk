if HAVE_CMOCKA
tools_tests = test-tools-words test-tools-intake test-tools-doctor
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
	tools/clients/plain.c tools/doctor/stack.c
test_tools_doctor_LDADD = libcommon.la $(CMOCKA_LIBS)
endif
