# What other programs keep of the Hub's: the places and formats in which tokens lie in clear.
noinst_LTLIBRARIES += libclients.la
libclients_la_SOURCES = \
	tools/clients/finds.c tools/clients/finds.h \
	tools/clients/formats.c tools/clients/formats.h \
	tools/clients/git-file.c \
	tools/clients/netrc.c \
	tools/clients/places.c tools/clients/places.h \
	tools/clients/plain.c tools/clients/plain.h \
	tools/clients/shell.c \
	tools/clients/stored.c \
	tools/clients/stored-json.c
