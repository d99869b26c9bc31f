include tools/session/session.mk
include tools/source/source.mk
include tools/demand/demand.mk
include tools/fleet/fleet.mk

# What all tools share; a program takes from it what it uses.
noinst_LTLIBRARIES += libtools.la
libtools_la_SOURCES = \
	tools/arguments.c tools/arguments.h \
	tools/beside.c tools/beside.h \
	tools/command.h tools/commands.c \
	tools/demanded.c tools/demanded.h \
	tools/dispatch.c tools/dispatch.h \
	tools/exit.h \
	tools/help.c tools/help.h \
	tools/obtain.c tools/obtain.h \
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
	tools/hf-token/print.c tools/hf-token/print.h \
	tools/hf-token/run.c \
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
	tools/token-form.c tools/token-form.h \
	tools/when.c tools/when.h

# What a user has: documents and ring together.
noinst_LTLIBRARIES += libholdings.la
libholdings_la_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
libholdings_la_SOURCES = \
	tools/holdings/holdings.c tools/holdings/holdings.h \
	tools/holdings/opening.c tools/holdings/opening.h \
	tools/holdings/output.c tools/holdings/output.h \
	tools/holdings/own.c tools/holdings/own.h \
	tools/holdings/place.c tools/holdings/place.h \
	tools/holdings/verdict.c tools/holdings/verdict.h

helper_PROGRAMS += hf-token-store
hf_token_store_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
hf_token_store_SOURCES = \
	tools/hf-token-store/commands.h \
	tools/hf-token-store/explain.c \
	tools/hf-token-store/list.c \
	tools/hf-token-store/logout.c \
	tools/hf-token-store/main.c \
	tools/hf-token-store/rename.c \
	tools/hf-token-store/status.c \
	tools/hf-token-store/unlock.c \
	tools/hf-token-store/use.c
hf_token_store_LDADD = libholdings.la libintake.la libtools.la libkeyring.la libstore.la libcommon.la

# All that speaks with the Hub, or with its clients.
helper_PROGRAMS += hf-token-hub
hf_token_hub_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS) $(QRENCODE_CFLAGS) \
	-DHF_MODULE_FILE='"$(securedir)/pam_hf_token.so"' -DHF_PROGRAM='"$(bindir)/hf-token"'
hf_token_hub_SOURCES = \
	tools/doctor/check-hub.c \
	tools/doctor/check-kernel.c \
	tools/doctor/check-plain.c \
	tools/doctor/check-sources.c \
	tools/doctor/check-store.c \
	tools/doctor/check-system.c \
	tools/doctor/doctor.c tools/doctor/doctor.h \
	tools/doctor/findings.c \
	tools/doctor/stack.c tools/doctor/stack.h \
	tools/hf-token-hub/about.c tools/hf-token-hub/about.h \
	tools/hf-token-hub/add.c tools/hf-token-hub/add.h \
	tools/hf-token-hub/add-place.c \
	tools/hf-token-hub/browser.c tools/hf-token-hub/browser.h \
	tools/hf-token-hub/check.c \
	tools/hf-token-hub/client.c tools/hf-token-hub/client.h \
	tools/hf-token-hub/commands.h \
	tools/hf-token-hub/destination.c tools/hf-token-hub/destination.h \
	tools/hf-token-hub/login.c \
	tools/hf-token-hub/main.c \
	tools/hf-token-hub/newcomer.c tools/hf-token-hub/newcomer.h \
	tools/hf-token-hub/outgoing.c tools/hf-token-hub/outgoing.h \
	tools/hf-token-hub/qr.c tools/hf-token-hub/qr.h \
	tools/hf-token-hub/refresh.c tools/hf-token-hub/refresh.h \
	tools/hf-token-hub/refresh-command.c \
	tools/hf-token-hub/revoke.c \
	tools/hf-token-hub/rotate.c \
	tools/hf-token-hub/selected.c tools/hf-token-hub/selected.h \
	tools/hf-token-hub/speak.c tools/hf-token-hub/speak.h \
	tools/hf-token-hub/whoami.c
hf_token_hub_LDADD = libclients.la libholdings.la libintake.la libtools.la libkeyring.la libstore.la libhub.la \
	libcommon.la $(QRENCODE_LIBS)

sbin_PROGRAMS += hf-tokenctl
hf_tokenctl_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS) \
	-DHF_MODULE_FILE='"$(securedir)/pam_hf_token.so"' -DHF_TOKENCTL='"$(sbindir)/hf-tokenctl"'
hf_tokenctl_SOURCES = \
	tools/doctor/check-system.c \
	tools/doctor/doctor.h tools/doctor/findings.c \
	tools/doctor/machine-fleet.c \
	tools/doctor/machine-system.c \
	tools/doctor/remedy.c tools/doctor/remedy.h \
	tools/doctor/stack.c tools/doctor/stack.h \
	tools/hf-tokenctl/commands.c tools/hf-tokenctl/commands.h \
	tools/hf-tokenctl/doctor.c \
	tools/hf-tokenctl/fleet.c \
	tools/hf-tokenctl/init.c tools/hf-tokenctl/init.h \
	tools/hf-tokenctl/list.c \
	tools/hf-tokenctl/main.c \
	tools/hf-tokenctl/on-demand.c tools/hf-tokenctl/on-demand.h \
	tools/hf-tokenctl/remove.c \
	tools/hf-tokenctl/seal.c \
	tools/look.c tools/look.h \
	tools/refresh/ask.c tools/refresh/ask.h \
	tools/refresh/command.c \
	tools/refresh/engines.c tools/refresh/engines.h \
	tools/refresh/pools.c tools/refresh/pools.h \
	tools/refresh/sessions.c tools/refresh/sessions.h \
	tools/refresh/timer.h
hf_tokenctl_LDADD = libintake.la libtools.la libkeyring.la libsite.la libstore.la libcommon.la

include tools/clients/clients.mk
include tools/refresh/refresh.mk

# bash-completion looks for a file of the command's name.
dist_bashcompletion_DATA = tools/completion/hf-token tools/completion/hf-tokenctl
