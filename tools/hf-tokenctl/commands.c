#include "tools/hf-tokenctl/commands.h"

#include <stddef.h>

#include "tools/command.h"
#include "tools/exit.h"

#define ROWS_END                                                                                   \
    {                                                                                              \
        0, NULL, NULL, NULL, false                                                                 \
    }

static const struct option_row init_options[] = {
    {OPTION_WITH, "with", "host|tpm2|host+tpm2",
     "keep the key as a credential of systemd-creds, under this", false},
    ROWS_END,
};
static const struct option_row seal_options[] = {
    {'n',            "name",    "NAME", "the token's name (default: main)",               false},
    {OPTION_DEFAULT, "default", NULL,   "make it the default of this user's tokens here", false},
    {OPTION_EXPIRES, "expires", "DATE",
     "no use from this date on, YYYY-MM-DD, or days from now, as 90d",                    false},
    ROWS_END,
};
static const struct option_row list_options[] = {
    {OPTION_JSON, "json", NULL, "print JSON, as the manual describes it", false},
    ROWS_END,
};

static const struct command commands[] = {
    {.name = "init",
     .operands = "",
     .summary = "make this machine's key and the folders for tokens",
     .detail =
         "What exists is kept, so it can be run again. Without --with the key is a file that only\n"
         "root can read.", .options = init_options,
     .usage_exit = TOOL_USAGE},
    {.name = "seal",
     .operands = "USER",
     .summary = "store a token for a user of this machine",
     .detail =
         "The token is asked for on the terminal, without echo; otherwise it is the first line of\n"
         "standard input. It is sealed to this machine's key, and there after the user's next "
         "login.\n"
         "One of the same name is replaced.", .options = seal_options,
     .usage_exit = TOOL_USAGE},
    {.name = "list",
     .operands = "[USER]",
     .summary = "list the tokens that are stored here",
     .detail = "Names and dates; no key is used.",
     .options = list_options,
     .usage_exit = TOOL_USAGE},
    {.name = NULL                                                              },
};

const struct command_table hf_tokenctl_table = {
    .program = "hf-tokenctl",
    .summary =
        "Prepares this machine for sealed tokens, and stores tokens for its users. For root.",
    .footer = "Exit code: 0; 1 failure; 2 usage; 3 no such user or document.",
    .commands = commands,
};
