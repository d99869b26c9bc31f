# What holds published objects. Nothing but common/, site/, libcurl and json-c.
noinst_LTLIBRARIES += libengine.la
libengine_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCURL_CFLAGS) $(JSON_C_CFLAGS)
libengine_la_SOURCES = \
	engine/answer.c engine/answer.h \
	engine/base64.c engine/base64.h \
	engine/check.c \
	engine/engine.c engine/engine.h engine/inside.h \
	engine/etcd.c \
	engine/folder.c \
	engine/https.c \
	engine/job.c engine/job.h \
	engine/session.c engine/session.h \
	engine/transfer.c engine/transfer.h \
	engine/weak.c engine/weak.h
libengine_la_LIBADD = $(LIBCURL_LIBS) $(JSON_C_LIBS)
