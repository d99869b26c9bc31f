noinst_LTLIBRARIES += libkeyring.la
libkeyring_la_CPPFLAGS = $(AM_CPPFLAGS) $(KEYUTILS_CFLAGS)
libkeyring_la_SOURCES = \
	keyring/asked.c keyring/asked.h \
	keyring/authority.c keyring/authority.h \
	keyring/demand.c keyring/demand.h \
	keyring/grant.c keyring/grant.h \
	keyring/kernel.c keyring/kernel.h \
	keyring/origin.c keyring/origin.h \
	keyring/ring.c keyring/ring.h \
	keyring/find.c keyring/find.h \
	keyring/session.c keyring/session.h \
	keyring/stash.c keyring/stash.h
libkeyring_la_LIBADD = $(KEYUTILS_LIBS)
