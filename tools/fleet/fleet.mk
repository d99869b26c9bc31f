# What an administrator does for many machines.
helper_PROGRAMS += hf-token-fleet
noinst_LTLIBRARIES += libfleet.la
libfleet_la_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
libfleet_la_SOURCES = \
	tools/fleet/batch.c tools/fleet/batch.h \
	tools/fleet/batch-csv.c \
	tools/fleet/batch-json.c \
	tools/fleet/batch-row.c \
	tools/fleet/documents.c tools/fleet/documents.h \
	tools/fleet/fleet.c tools/fleet/fleet.h \
	tools/fleet/generations.c tools/fleet/generations.h \
	tools/fleet/head.c \
	tools/fleet/hosts.c tools/fleet/hosts.h \
	tools/fleet/key.c tools/fleet/key.h \
	tools/fleet/key-hosts.c \
	tools/fleet/key-identity.c \
	tools/fleet/key-list.c \
	tools/fleet/key-pools.c \
	tools/fleet/key-retire.c \
	tools/fleet/names.c tools/fleet/names.h \
	tools/fleet/objects.c tools/fleet/objects.h \
	tools/fleet/one.c tools/fleet/one.h \
	tools/fleet/pool-file.c tools/fleet/pool-file.h \
	tools/fleet/progress.c tools/fleet/progress.h \
	tools/fleet/provision.c tools/fleet/provision.h \
	tools/fleet/provision-command.c \
	tools/fleet/provision-row.c \
	tools/fleet/publication.c tools/fleet/publication.h \
	tools/fleet/publish.c tools/fleet/publish.h \
	tools/fleet/recipients.c tools/fleet/recipients.h \
	tools/fleet/reseal.c tools/fleet/reseal.h \
	tools/fleet/revoke.c \
	tools/fleet/roster.c tools/fleet/roster.h \
	tools/fleet/rotate.c \
	tools/fleet/status.c tools/fleet/status.h \
	tools/fleet/status-show.c \
	tools/fleet/taken.c tools/fleet/taken.h \
	tools/fleet/taken-entry.c tools/fleet/taken-entry.h \
	tools/fleet/unlock.c \
	tools/fleet/users.c
libfleet_la_LIBADD = $(CSV_LIBS)

hf_token_fleet_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(JSON_C_CFLAGS)
hf_token_fleet_SOURCES = tools/fleet/main.c tools/fleet/commands.h \
	tools/hf-tokenctl/commands.c tools/hf-tokenctl/commands.h
hf_token_fleet_LDADD = libfleet.la libintake.la libtools.la libengine.la libsite.la libstore.la libcommon.la
