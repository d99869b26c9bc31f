#include "tools/hf-tokenctl/commands.h"

#include <stddef.h>

#include "tools/command.h"
#include "tools/exit.h"

/* The tables keep their own layout: a row is read as a row. */
/* clang-format off */

#define ROW_JSON {OPTION_JSON, "json", NULL, "print JSON, as the manual describes it", false}
#define ROW_YES {OPTION_YES, "yes", NULL, "do not ask before", false}
#define ROW_EXPIRES {OPTION_EXPIRES, "expires", "DATE", "no use from then on: YYYY-MM-DD, or in 90d", false}
#define ROW_VALID {OPTION_VALID, "valid", "90d", "how long hosts take what is published", false}
#define ROW_ACCEPT_OLD {OPTION_ACCEPT_OLD, "accept-old", NULL, "take what is older than before: a restored engine", false}
/* What all commands have that work with the fleet's keys. */
#define ROW_FLEET {OPTION_FLEET, "fleet", "DIR", "folder of the fleet's keys and lists", false}
#define ROWS_KEYS ROW_FLEET, \
    {OPTION_PASSWORD_FILE, "password-file", "FILE", "the keys' password, instead of asking", false}
#define ROWS_END {0, NULL, NULL, NULL, false}

static const struct option_row no_options[] = {
    ROWS_END,
};
static const struct option_row init_options[] = {
    {OPTION_WITH, "with", "host|tpm2|host+tpm2", "keep the key by systemd-creds, so", false},
    {OPTION_FLEET, "fleet", NULL, "prepare for tokens that are published, too", false},
    ROWS_END,
};
static const struct option_row seal_options[] = {
    {'n', "name", "NAME", "the token's name (default: main)", false},
    {OPTION_DEFAULT, "default", NULL, "make it the default of this user's tokens here", false},
    ROW_EXPIRES,
    ROWS_END,
};
static const struct option_row refresh_options[] = {
    {OPTION_QUIET, "quiet", NULL, "say only what goes wrong", false},
    ROWS_END,
};
static const struct option_row list_options[] = {
    ROW_JSON,
    ROWS_END,
};
static const struct option_row key_options[] = {
    ROW_JSON,
    {OPTION_USERS, "users", "FILE", "leave, retire: all users, where a server cannot list them", false},
    {OPTION_YES, "yes", NULL, "retire: do not ask before", false},
    ROW_VALID,
    ROWS_KEYS,
    ROWS_END,
};
static const struct option_row provision_options[] = {
    {OPTION_TO, "to", "POOL|host:NAME", "who can open it, where a line has no to", true},
    {OPTION_FORMAT, "format", "csv|jsonl", "of the input (default: told from it)", false},
    {OPTION_DRY_RUN, "dry-run", NULL, "only show what would be done", false},
    {OPTION_BRING_BACK, "bring-back", NULL, "publish what was revoked or rotated, too", false},
    ROW_ACCEPT_OLD,
    ROW_VALID,
    ROWS_KEYS,
    ROWS_END,
};
static const struct option_row fleet_status_options[] = {
    ROW_JSON,
    ROW_FLEET,
    ROWS_END,
};
static const struct option_row fleet_rotate_options[] = {
    ROW_EXPIRES,
    ROW_VALID,
    ROWS_KEYS,
    ROWS_END,
};
static const struct option_row fleet_revoke_options[] = {
    ROW_YES,
    ROW_VALID,
    ROWS_KEYS,
    ROWS_END,
};
static const struct option_row publish_options[] = {
    ROW_ACCEPT_OLD,
    ROW_VALID,
    ROWS_KEYS,
    ROWS_END,
};

static const struct command commands[] = {
    {"init", "", "make this machine's key and the folders for tokens",
     "What exists is kept, so it can be run again. Without --with the key is a file that only\n"
     "root can read. With --fleet, or where the configuration already has a source that asks an\n"
     "engine, it makes the system account for those as well. It ends with this machine's public\n"
     "key, for: hf-tokenctl key host add; or key host replace, where it had another",
     init_options, TOOL_USAGE, PROGRAM_HERE},
    {"seal", "USER", "store a token for a user of this machine",
     "The token is asked for on the terminal, without echo; otherwise it is the first line of\n"
     "standard input. It is sealed to this machine's key, and there after the next login of the\n"
     "user. One of the same name is replaced.",
     seal_options, TOOL_USAGE, PROGRAM_HERE},
    {"list", "[USER]", "list the tokens that are stored here",
     "Names and dates; no key is used.",
     list_options, TOOL_USAGE, PROGRAM_HERE},
    {"remove", "USER [NAME]", "remove tokens that are stored here",
     "Without NAME all of the user's, whom the machine need not know any more. Sessions that have\n"
     "one lose it with the next refresh.",
     no_options, TOOL_USAGE, PROGRAM_HERE},
    {"refresh", "", "bring live sessions up to date with their sources",
     "Tokens that a source has no more are taken out, and new ones in their place exchanged, in\n"
     "the sessions of all users; a user's own tokens are left alone. A timer of systemd does it\n"
     "each minute.\n"
     "Exit code: 1 where a source could not be asked, or a user not be served.",
     refresh_options, TOOL_USAGE, PROGRAM_HERE},
    {"doctor", "", "check what this machine needs for tokens that are published",
     "Its key, fleet.conf and each file that is named there, as the account for sources finds them;\n"
     "the signers, each engine's answer, pools and timer; with the next step for what is wrong.\n"
     "Exit code: 1 where something is.",
     list_options, TOOL_USAGE, PROGRAM_HERE},
    {"on-demand", "enable|disable|status", "let jobs without a session have tokens",
     "Enabled, hf-token in a job of cron or in a service asks the kernel, and a program of root's\n"
     "fetches the token from this machine's sources. Who may: [on-demand] in fleet.conf; at first\n"
     "nobody.",
     no_options, TOOL_USAGE, PROGRAM_HERE},
    {"key", "WHAT [WORD]...", "the fleet's keys, its hosts and its pools",
     "WHAT is:\n"
     "  init                        make the fleet's folder and keys, under a password\n"
     "  show                        print what is there, and where\n"
     "  export                      print the lines for /etc/hf-token/signers of all hosts\n"
     "  password                    change the password of the keys\n"
     "  rotate                      make new keys; hosts trust old and new until retire\n"
     "  retire                      trust the old signers no longer\n"
     "  list                        list hosts and pools\n"
     "  host add NAME [FILE]        add a host by its /etc/hf-token/host.pub, or standard input\n"
     "  host replace NAME [FILE]    the same for a host that has lost its key\n"
     "  host remove NAME            remove a host that is in no pool\n"
     "  pool add POOL               make a pool, which is a key that its hosts share\n"
     "  pool join POOL HOST...      give hosts the key of the pool\n"
     "  pool leave POOL HOST...     take it from them: the pool gets a new key, and all that is\n"
     "                              published for it is sealed anew",
     key_options, TOOL_USAGE, PROGRAM_FLEET},
    {"provision", "[FILE]", "publish tokens for many users",
     "FILE or standard input is CSV with a first line of names (user, name, token, expires, to;\n"
     "in any order), or JSON Lines with these members. name is main where there is none, expires\n"
     "is empty, YYYY-MM-DD or 90d, to is pools or host:NAME with spaces between. Nothing is\n"
     "published before each line was found right. What is published already stays as it is, so\n"
     "it can be run again, also after it was broken off.",
     provision_options, TOOL_USAGE, PROGRAM_FLEET},
    {"status", "[USER]", "show what is published, and which hosts have seen it",
     "It asks the engine of publish.conf in the fleet's folder. No password is needed.\n"
     "Exit code: 3 where nothing is published for USER.",
     fleet_status_options, TOOL_USAGE, PROGRAM_FLEET},
    {"rotate", "USER [NAME]", "publish a new token in the place of an old one",
     "Without NAME it is the user's default. The token is asked for as by seal; it is sealed to\n"
     "those who could open the old one. Revoke that at the Hub.",
     fleet_rotate_options, TOOL_USAGE, PROGRAM_FLEET},
    {"revoke", "USER [NAME]", "take a published token from all hosts and sessions",
     "Without NAME all of the user's. Hosts take it out of the sessions with their next refresh.\n"
     "The Hub still takes the token: revoke it there, too.",
     fleet_revoke_options, TOOL_USAGE, PROGRAM_FLEET},
    {"publish", "", "sign anew what nears its end, and finish what was broken off",
     "To be run regularly, well within the time of --valid.",
     publish_options, TOOL_USAGE, PROGRAM_FLEET},
    {NULL, NULL, NULL, NULL, NULL, 0, PROGRAM_HERE},
};

/* clang-format on */

const struct command_table hf_tokenctl_table = {
    .program = "hf-tokenctl",
    .summary = "Prepares this machine for sealed tokens, and stores tokens for its users; and\n"
               "publishes tokens for the users of many machines.",
    .footer = "Exit code: 0; 1 failure; 2 usage; 3 no such user or document.",
    .commands = commands,
};
