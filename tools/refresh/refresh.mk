# What systemd runs each minute, where the administrator enables it; and the account that asks engines.
systemdsystemunit_DATA = tools/refresh/hf-token-refresh.service
dist_systemdsystemunit_DATA = tools/refresh/hf-token-refresh.timer
sysusers_DATA = tools/refresh/hf-token.conf
EXTRA_DIST += tools/refresh/hf-token-refresh.service.in tools/refresh/hf-token.sysusers.in
CLEANFILES += $(systemdsystemunit_DATA) $(sysusers_DATA)

# Folders are known to make alone, who may be told others than configure was.
fill_in = $(AM_V_GEN)$(MKDIR_P) tools/refresh && $(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
	-e 's|@localstatedir[@]|$(localstatedir)|g' -e 's|@account[@]|$(account)|g'
tools/refresh/hf-token-refresh.service: tools/refresh/hf-token-refresh.service.in Makefile
	$(fill_in) $(srcdir)/tools/refresh/hf-token-refresh.service.in >$@
tools/refresh/hf-token.conf: tools/refresh/hf-token.sysusers.in Makefile
	$(fill_in) $(srcdir)/tools/refresh/hf-token.sysusers.in >$@
