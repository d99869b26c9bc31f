/* A source that reads one file: what it shares with others of its kind. The switch is
 * store/switch.h. */
#ifndef HF_STORE_SOURCE_H
#define HF_STORE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/account.h"
#include "common/error.h"
#include "common/io.h"
#include "store/paths.h"

/* The source whose document is the user's own to change. */
#define SOURCE_OWN "user"
/* The source whose documents are this machine's own. */
#define SOURCE_HOST "host"

/* Whether a source asks an engine (folder, https, etcd): it runs as the system account HF_ACCOUNT,
   its second argument is how long it may take, in milliseconds, and it writes what
   signed_answer_parse reads. For a refresh the first is "document", and the user the third. A user
   does not run it at all. */
bool source_asks_engine(const char *source);

/* Exit codes of a source, sysexits.h's: 0 with the document on stdout; EX_NOUSER, EX_UNAVAILABLE,
   EX_TEMPFAIL. Any other is UNAVAIL too. */
#define SOURCE_EXIT_NOTFOUND 67
#define SOURCE_EXIT_UNAVAIL  69
#define SOURCE_EXIT_TRYAGAIN 75

/* UNAVAIL with a reason for the log, which our own sources give and a site's may. */
#define SOURCE_EXIT_OWNER  101 /* the document belongs to another user */
#define SOURCE_EXIT_MODE   102 /* others could change it */
#define SOURCE_EXIT_TYPE   103 /* it is a link, a FIFO, no regular file */
#define SOURCE_EXIT_EMPTY  104
#define SOURCE_EXIT_TOOBIG 105
/* Those that ask an engine. */
#define SOURCE_EXIT_UNSIGNED  106
#define SOURCE_EXIT_ROLLBACK  107
#define SOURCE_EXIT_OUTDATED  108
#define SOURCE_EXIT_REFUSED   109
#define SOURCE_EXIT_UNTRUSTED 110
#define SOURCE_EXIT_LOGIN     111 /* it was run by a user, who may not have the engine's secrets */
#define SOURCE_EXIT_CONFIG    112
#define SOURCE_EXIT_DEADLINE  113
#define SOURCE_EXIT_USER      114 /* signed, but for another user */
#define SOURCE_EXIT_FORMAT    115 /* signed, but malformed */
#define SOURCE_EXIT_VERSION   116 /* signed, but by a later version of this program */
#define SOURCE_EXIT_FUTURE    117 /* signed, but dated for a day later */
#define SOURCE_EXIT_STALE     118 /* the engine was not reached, and the cache is too old */

/* The error that an exit code stands for, HF_OK for 0; and the exit code that tells an error. */
enum hf_error source_exit_error(int status);
int source_error_exit(enum hf_error error);

/* The reason that a source which asks an engine may write where it has no document: one line of at
   most SOURCE_REASON_MAX bytes that can be shown, and nothing behind it. Else it is empty. */
void source_reason(const char *bytes, size_t length, char out_reason[static SOURCE_REASON_MAX + 1]);

/* A time in the words of such a reason; gives the buffer. */
#define SOURCE_DATE_MAX 32
const char *source_date(uint64_t seconds, char out_text[static SOURCE_DATE_MAX]);

/* Formats the reason of HF_ESTALE, or of another trouble of a source whose cache is too old: when
   the engine last answered, seconds since the epoch, and `why` it does not now; what does not fit
   is cut. */
void source_say_stale(uint64_t confirmed, const char *why,
                      char out_reason[static SOURCE_REASON_MAX + 1]);

/* Says where the user's document lies and what the file must be. HF_ENAME, what account_by_name
 * gives. */
typedef enum hf_error source_place(const char *user, struct store_path *out_path,
                                   struct file_rule *out_rule);

/* The main of such a source: argv[1] is the user. Gives the exit code. */
int source_main(int argc, char **argv, source_place *place);

#endif
