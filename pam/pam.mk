securelibdir = $(securedir)
securelib_LTLIBRARIES = pam_hf_token.la
pam_hf_token_la_CPPFLAGS = $(AM_CPPFLAGS) $(KEYUTILS_CFLAGS)
pam_hf_token_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
pam_hf_token_la_SOURCES = \
	pam/authtok.c pam/authtok.h \
	pam/helper.c pam/helper.h \
	pam/host.c pam/host.h \
	pam/module.c \
	pam/options.c pam/options.h \
	pam/outcome.c pam/outcome.h \
	pam/password.c pam/password.h \
	pam/session.c pam/session.h
pam_hf_token_la_LIBADD = libkeyring.la libcommon.la $(PAM_LIBS)
pam_hf_token_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-export-symbols-regex '^pam_sm_' -Wl,-z,defs

# Debian's pam-auth-update(8) puts the module into the common-* files from this.
pamconfigsdir = $(datadir)/pam-configs
dist_pamconfigs_DATA = pam/pam-configs/hf-token
