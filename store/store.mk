noinst_LTLIBRARIES += libstore.la
libstore_la_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
libstore_la_SOURCES = \
	store/about.c store/about.h \
	store/base64.c store/base64.h \
	store/box.c store/box.h \
	store/dates.c store/dates.h \
	store/document.c store/document.h \
	store/files.c store/files.h \
	store/fleet.h \
	store/fleet-key.c store/fleet-key.h \
	store/head.c store/head.h \
	store/host-keys.c store/host-keys.h \
	store/hostkey.c store/hostkey.h \
	store/identity.c store/identity.h \
	store/json.c store/json.h \
	store/object-path.c store/object-path.h \
	store/pack.c store/pack.h \
	store/paths.c store/paths.h \
	store/pool.c store/pool.h \
	store/published.c store/published.h \
	store/scan.c store/scan.h \
	store/seal.c store/seal.h \
	store/signed.c store/signed.h \
	store/signers.c store/signers.h \
	store/slot.c store/slot.h \
	store/source.c store/source.h \
	store/switch.c store/switch.h
libstore_la_LIBADD = $(SODIUM_LIBS) $(JSON_C_LIBS)

# Sources know nothing of keys: neither libsodium nor json-c is in them.
helper_PROGRAMS += hf-token-source-user hf-token-source-host
source_files = store/source.c store/source.h store/paths.c store/paths.h
hf_token_source_user_SOURCES = store/source-user.c $(source_files)
hf_token_source_user_LDADD = libcommon.la
hf_token_source_host_SOURCES = store/source-host.c $(source_files)
hf_token_source_host_LDADD = libcommon.la
