# What the site has set. Nothing but common/ and inih.
noinst_LTLIBRARIES += libsite.la
libsite_la_CPPFLAGS = $(AM_CPPFLAGS) $(INIH_CFLAGS)
libsite_la_SOURCES = site/settings.c site/settings.h site/value.c site/value.h
libsite_la_LIBADD = $(INIH_LIBS)
