noinst_LTLIBRARIES += libcommon.la
libcommon_la_SOURCES = \
	common/account.c common/account.h \
	common/character.c common/character.h \
	common/child.c common/child.h \
	common/error.c common/error.h \
	common/helper.c common/helper.h \
	common/io.c common/io.h \
	common/login.c common/login.h \
	common/memory.c common/memory.h \
	common/name.c common/name.h \
	common/scope.h \
	common/secret.c common/secret.h \
	common/wire.h
