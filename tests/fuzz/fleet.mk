# Fuzzers of site/ and engine/.
check_PROGRAMS += fuzz-settings fuzz-etcd
EXTRA_DIST += tests/fuzz/etcd.dict tests/fuzz/settings.dict

fuzz_settings_SOURCES = tests/fuzz/fuzz-settings.c $(fuzz_main)
fuzz_settings_LDFLAGS = $(fuzz_ldflags)
fuzz_settings_LDADD = libsite.la libcommon.la

fuzz_etcd_SOURCES = tests/fuzz/fuzz-etcd.c $(fuzz_main)
fuzz_etcd_LDFLAGS = $(fuzz_ldflags)
fuzz_etcd_LDADD = libengine.la libsite.la libcommon.la
