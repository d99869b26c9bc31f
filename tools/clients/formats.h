/* The formats of files that tokens lie in: a row for each, with what finds them. */
#ifndef HF_CLIENTS_FORMATS_H
#define HF_CLIENTS_FORMATS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "tools/clients/finds.h"

/* Adds what there is in the text. `host` is that of HF_ENDPOINT, as git has it (HOST or HOST:PORT),
   or NULL; the Hub's own count in each case. HF_ENOMEM. */
typedef enum hf_error format_parse(const struct text *text, const char *host, struct finds *finds);

struct format {
    format_parse *parse;
    bool whole;   /* the file has no other purpose than its tokens: without any it is removed */
    bool by_hand; /* nothing in it is ever cut */
};

/* One token and nothing else, as the Python client's `token`. */
extern const struct format format_token;
/* Its `stored_tokens`: configparser's INI; the Rust client writes JSON in its place. */
extern const struct format format_stored;
/* netrc(5), as curl and Python read it; entries of the Hub. */
extern const struct format format_netrc;
/* git-credential-store(1); lines of the Hub. */
extern const struct format format_git;
/* Lines of sh, csh and fish, and of .env files and pam_env(8). */
extern const struct format format_shell;
/* Commands that were typed. */
extern const struct format format_history;

/* The parsers. */
format_parse token_parse, stored_parse, stored_json_parse, netrc_parse, git_file_parse, shell_parse,
    history_parse;

/* Whether a host is the Hub's own or `host`; where `port` is false, a port in `host` is left out.
 */
bool format_is_host(const struct text *text, struct span given, const char *host, bool port);

/* Whether a file of that format holds nothing any more, so that it may be removed. */
bool format_spent(const struct format *format, const struct text *text);
/* The same for JSON alone. */
bool stored_json_spent(const struct text *text);

/* Asked for each token: whether it may be cut. */
typedef bool format_question(void *context, const char *token, size_t length);

/* Cuts what may be: each cut goes when all tokens in it may. Gives the length of what is left, in
   `bytes`, whose other bytes keep their order; what is behind it is wiped. *out_kept counts finds
   of tokens that may be cut and are still there. HF_ENOMEM: then the bytes are of no use. */
HF_CHECKED enum hf_error format_cut(const struct format *format, const char *host, char *bytes,
                                    size_t *length, format_question *may, void *context,
                                    size_t *out_kept);

#endif
