dist_man_MANS = \
	man/hf-token.1 \
	man/hf-token-store.5 \
	man/hf-token.conf.5 \
	man/hf-token.7 \
	man/hf-token-fleet.7 \
	man/hf-tokenctl.8 \
	man/pam_hf_token.8

# The pictures of README.md, where the installed README.md looks for them.
mandocdir = $(docdir)/man
dist_mandoc_DATA = man/token-way.svg man/fleet-cost.svg

# The test run calls it: man/check BUILD-FOLDER
EXTRA_DIST += man/check
