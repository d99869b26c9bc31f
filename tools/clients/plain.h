/* Lines that hold a token in clear, by the looks of them. */
#ifndef HF_CLIENTS_PLAIN_H
#define HF_CLIENTS_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

/* Each takes a line without its end. */
typedef bool plain_line(const char *line, size_t length);

/* Any text at all: a file that has no other purpose than a token. */
plain_line plain_any;
/* What has the form of a token of the Hub. */
plain_line plain_token;
/* That, or a shell's assignment of a variable that clients read, to something else than the output
 * of a command. */
plain_line plain_shell;
/* An entry of netrc(5) for the Hub; a line of git-credential-store(1) for it. */
plain_line plain_netrc;
plain_line plain_git;

/* Calls `found` with each line's number, from 1, that matches. */
void plain_scan(const char *bytes, size_t length, plain_line *matches,
                void (*found)(void *context, unsigned line), void *context);

#endif
