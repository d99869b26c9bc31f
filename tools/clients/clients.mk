# What other programs keep of the Hub's: the places and formats in which tokens lie in clear.
noinst_LTLIBRARIES += libclients.la
libclients_la_SOURCES = \
	tools/clients/edit.c tools/clients/edit.h \
	tools/clients/finds.c tools/clients/finds.h \
	tools/clients/formats.c tools/clients/formats.h \
	tools/clients/git-file.c \
	tools/clients/git-protocol.c tools/clients/git-protocol.h \
	tools/clients/netrc.c \
	tools/clients/places.c tools/clients/places.h \
	tools/clients/plain.c tools/clients/plain.h \
	tools/clients/shell.c \
	tools/clients/stored.c \
	tools/clients/stored-json.c

# The commands.
hf_token_hub_SOURCES += \
	tools/clients/candidates.c tools/clients/candidates.h \
	tools/clients/git-credential.c \
	tools/clients/git-run.c tools/clients/git-run.h \
	tools/clients/git-setup.c \
	tools/clients/import.c \
	tools/clients/shown.c tools/clients/shown.h \
	tools/clients/twin.c tools/clients/twin.h
hf_token_store_SOURCES += tools/clients/hook.c
