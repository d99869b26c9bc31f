#include "tools/hf-tokenctl/commands.h"

#include <stddef.h>

#include "tools/command.h"
#include "tools/exit.h"

/* The tables keep their own layout: a row is read as a row. */
/* clang-format off */

#define ROWS_END {0, NULL, NULL, NULL, false}

static const struct option_row init_options[] = {
    {OPTION_WITH, "with", "host|tpm2|host+tpm2", "keep the key by systemd-creds, so", false},
    ROWS_END,
};
static const struct option_row seal_options[] = {
    {'n', "name", "NAME", "the token's name (default: main)", false},
    {OPTION_DEFAULT, "default", NULL, "make it the default of this user's tokens here", false},
    {OPTION_EXPIRES, "expires", "DATE", "no use from then on: YYYY-MM-DD, or in 90d", false},
    ROWS_END,
};
static const struct option_row list_options[] = {
    {OPTION_JSON, "json", NULL, "print JSON, as the manual describes it", false},
    ROWS_END,
};

static const struct command commands[] = {
    {"init", "", "make this machine's key and the folders for tokens",
     "What exists is kept, so it can be run again. Without --with the key is a file that only\n"
     "root can read.",
     init_options, TOOL_USAGE, PROGRAM_HERE},
    {"seal", "USER", "store a token for a user of this machine",
     "The token is asked for on the terminal, without echo; otherwise it is the first line of\n"
     "standard input. It is sealed to this machine's key, and there after the next login of the\n"
     "user. One of the same name is replaced.",
     seal_options, TOOL_USAGE, PROGRAM_HERE},
    {"list", "[USER]", "list the tokens that are stored here",
     "Names and dates; no key is used.",
     list_options, TOOL_USAGE, PROGRAM_HERE},
    {NULL, NULL, NULL, NULL, NULL, 0, PROGRAM_HERE},
};

/* clang-format on */

const struct command_table hf_tokenctl_table = {
    .program = "hf-tokenctl",
    .summary = "Prepares this machine for sealed tokens, and stores tokens for its users.",
    .footer = "Exit code: 0; 1 failure; 2 usage; 3 no such user or document.",
    .commands = commands,
};
