# The sources that ask an engine: three names of one program.
noinst_LTLIBRARIES += libsource.la
libsource_la_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS)
libsource_la_SOURCES = \
	tools/source/asking.c tools/source/asking.h \
	tools/source/cache.c tools/source/cache.h \
	tools/source/freshness.c tools/source/freshness.h \
	tools/source/highest.c tools/source/highest.h \
	tools/source/modes.c tools/source/modes.h \
	tools/source/object.c tools/source/object.h \
	tools/source/obtain.c tools/source/obtain.h \
	tools/source/outage.c tools/source/outage.h \
	tools/source/record.c tools/source/record.h \
	tools/source/report.c tools/source/report.h

helper_PROGRAMS += hf-token-source-folder hf-token-source-https hf-token-source-etcd
engine_source_libraries = libsource.la libengine.la libsite.la libstore.la libcommon.la
hf_token_source_folder_SOURCES = tools/source/main-folder.c
hf_token_source_folder_LDADD = $(engine_source_libraries)
hf_token_source_https_SOURCES = tools/source/main-https.c
hf_token_source_https_LDADD = $(engine_source_libraries)
hf_token_source_etcd_SOURCES = tools/source/main-etcd.c
hf_token_source_etcd_LDADD = $(engine_source_libraries)
