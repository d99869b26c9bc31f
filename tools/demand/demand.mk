# Started by request-key(8), as root.
helper_PROGRAMS += hf-token-on-demand
hf_token_on_demand_SOURCES = \
	tools/demand/decide.c tools/demand/decide.h \
	tools/demand/ledger.c tools/demand/ledger.h \
	tools/demand/main.c \
	tools/demand/policy.c tools/demand/policy.h \
	tools/look.c tools/look.h
hf_token_on_demand_LDADD = libsite.la libkeyring.la libcommon.la
