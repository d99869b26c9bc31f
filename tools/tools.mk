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

# What takes or opens tokens besides: documents, terminal, JSON.
noinst_LTLIBRARIES += libintake.la
libintake_la_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
libintake_la_SOURCES = \
	tools/harden.c tools/harden.h \
	tools/intake.c tools/intake.h \
	tools/json-out.c tools/json-out.h \
	tools/line.c tools/line.h \
	tools/when.c tools/when.h

helper_PROGRAMS += hf-token-store
hf_token_store_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS) \
	-DHF_MODULE_FILE='"$(securedir)/pam_hf_token.so"'
hf_token_store_SOURCES = \
	tools/hf-token-store/check-kernel.c \
	tools/hf-token-store/check-plain.c \
	tools/hf-token-store/check-store.c \
	tools/hf-token-store/check-system.c \
	tools/hf-token-store/commands.h \
	tools/hf-token-store/doctor.c tools/hf-token-store/doctor.h \
	tools/hf-token-store/explain.c \
	tools/hf-token-store/holdings.c tools/hf-token-store/holdings.h \
	tools/hf-token-store/list.c \
	tools/hf-token-store/login.c \
	tools/hf-token-store/logout.c \
	tools/hf-token-store/main.c \
	tools/hf-token-store/opening.c tools/hf-token-store/opening.h \
	tools/hf-token-store/output.c tools/hf-token-store/output.h \
	tools/hf-token-store/own.c tools/hf-token-store/own.h \
	tools/hf-token-store/place.c tools/hf-token-store/place.h \
	tools/hf-token-store/plain.c tools/hf-token-store/plain.h \
	tools/hf-token-store/rename.c \
	tools/hf-token-store/stack.c tools/hf-token-store/stack.h \
	tools/hf-token-store/status.c \
	tools/hf-token-store/unlock.c \
	tools/hf-token-store/use.c \
	tools/hf-token-store/verdict.c tools/hf-token-store/verdict.h
hf_token_store_LDADD = libintake.la libtools.la libkeyring.la libstore.la libcommon.la

sbin_PROGRAMS += hf-tokenctl
hf_tokenctl_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
hf_tokenctl_SOURCES = \
	tools/hf-tokenctl/commands.c tools/hf-tokenctl/commands.h \
	tools/hf-tokenctl/init.c \
	tools/hf-tokenctl/list.c \
	tools/hf-tokenctl/main.c \
	tools/hf-tokenctl/seal.c
hf_tokenctl_LDADD = libintake.la libtools.la libstore.la libcommon.la

# bash-completion looks for a file of the command's name.
dist_bashcompletion_DATA = tools/completion/hf-token tools/completion/hf-tokenctl
