# Only hf-token-hub links this: libcurl takes 6 ms to load.
noinst_LTLIBRARIES += libhub.la
libhub_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCURL_CFLAGS) $(JSON_C_CFLAGS)
libhub_la_SOURCES = \
	hub/access.c hub/access.h \
	hub/device.c \
	hub/echo.c hub/echo.h \
	hub/endpoint.c hub/endpoint.h \
	hub/fault.c hub/fault.h \
	hub/form.c hub/form.h \
	hub/grant.c hub/grant.h \
	hub/headers.c hub/headers.h \
	hub/oauth.c hub/oauth.h \
	hub/printable.c hub/printable.h \
	hub/reply.c hub/reply.h \
	hub/request.c hub/request.h \
	hub/revoke.c hub/revoke.h \
	hub/whoami.c hub/whoami.h
libhub_la_LIBADD = $(LIBCURL_LIBS) $(JSON_C_LIBS)
