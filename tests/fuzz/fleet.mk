# Fuzzers of site/, engine/ and tools/fleet/.
check_PROGRAMS += fuzz-settings fuzz-etcd fuzz-batch
EXTRA_DIST += tests/fuzz/etcd.dict tests/fuzz/settings.dict

fuzz_settings_SOURCES = tests/fuzz/fuzz-settings.c $(fuzz_main)
fuzz_settings_LDFLAGS = $(fuzz_ldflags)
fuzz_settings_LDADD = libsite.la libcommon.la

fuzz_etcd_SOURCES = tests/fuzz/fuzz-etcd.c $(fuzz_main)
fuzz_etcd_LDFLAGS = $(fuzz_ldflags)
fuzz_etcd_LDADD = libengine.la libsite.la libcommon.la

fuzz_batch_SOURCES = tests/fuzz/fuzz-batch.c $(fuzz_main)
fuzz_batch_LDFLAGS = $(fuzz_ldflags)
fuzz_batch_LDADD = libfleet.la libintake.la libtools.la libengine.la libsite.la libstore.la libcommon.la
