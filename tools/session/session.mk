helper_PROGRAMS += hf-token-session
hf_token_session_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS) $(KEYUTILS_CFLAGS)
hf_token_session_SOURCES = \
	tools/session/answered.c tools/session/answered.h \
	tools/session/ask.h \
	tools/session/asking.c tools/session/asking.h \
	tools/session/fetcher.c \
	tools/session/opener.c tools/session/opener.h \
	tools/session/placer.c tools/session/placer.h \
	tools/session/refresher.c \
	tools/session/request.c tools/session/request.h \
	tools/session/session.c \
	tools/session/unsealer.c tools/session/unsealer.h
hf_token_session_LDADD = libstore.la libsite.la libkeyring.la libcommon.la
