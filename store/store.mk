noinst_LTLIBRARIES += libstore.la
libstore_la_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
libstore_la_SOURCES = \
	store/document.c store/document.h \
	store/files.c store/files.h \
	store/hostkey.c store/hostkey.h \
	store/identity.c store/identity.h \
	store/json.c store/json.h \
	store/seal.c store/seal.h \
	store/slot.c store/slot.h \
	store/switch.c store/switch.h
libstore_la_LIBADD = $(SODIUM_LIBS) $(JSON_C_LIBS)

helper_PROGRAMS += hf-token-source-user hf-token-source-host
hf_token_source_user_SOURCES = store/source-user.c
hf_token_source_user_LDADD = libcommon.la
hf_token_source_host_SOURCES = store/source-host.c
hf_token_source_host_LDADD = libcommon.la
