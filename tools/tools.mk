include tools/session/session.mk

# What all tools share; a program takes from it what it uses.
noinst_LTLIBRARIES += libtools.la
libtools_la_SOURCES = \
	tools/arguments.c tools/arguments.h \
	tools/command.h tools/commands.c \
	tools/exit.h \
	tools/help.c tools/help.h \
	tools/say.c tools/say.h \
	tools/select.c tools/select.h

# The hot path: libc and libkeyutils, nothing else.
bin_PROGRAMS += hf-token
hf_token_SOURCES = \
	tools/hf-token/commands.h \
	tools/hf-token/env.c \
	tools/hf-token/environment.c tools/hf-token/environment.h \
	tools/hf-token/lock.c \
	tools/hf-token/main.c \
	tools/hf-token/obtain.c tools/hf-token/obtain.h \
	tools/hf-token/print.c tools/hf-token/print.h \
	tools/hf-token/run.c \
	tools/hf-token/store.c tools/hf-token/store.h \
	tools/hf-token/token.c
hf_token_LDADD = libtools.la libkeyring.la libcommon.la
