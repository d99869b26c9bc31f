# `make check` runs the unit tests, as any user. The rest wants root: tests/run, by way of ./setup test.
include tests/unit/unit.mk
include tests/unit/keyring.mk
include tests/unit/hub.mk
include tests/unit/tools.mk
include tests/vectors/vectors.mk
include tests/fuzz/fuzz.mk
include tests/fuzz/fleet.mk
include tests/system/system.mk
include tests/unit/source.mk
include tests/unit/fleet.mk
include tests/fleet/fleet.mk
include tests/bench/bench.mk
