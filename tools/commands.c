#include "tools/command.h"

#include <stddef.h>
#include <string.h>

#include "tools/exit.h"

/* The tables keep their own layout: a row is read as a row. */
/* clang-format off */

#define ROW_NAME {'n', "name", "NAME", "the token of this name instead of the selected one", false}
#define ROW_JSON {OPTION_JSON, "json", NULL, "print JSON, as the manual describes it", false}
#define ROW_YES {OPTION_YES, "yes", NULL, "do not ask before", false}
#define ROWS_END {0, NULL, NULL, NULL, false}

static const struct option_row run_options[] = {
    ROW_NAME,
    {'e', "env", "VAR", "set this variable to the token as well", true},
    {OPTION_OPTIONAL, "optional", NULL, "run it as it is where there is no token", false},
    ROWS_END,
};
static const struct option_row token_options[] = {
    ROW_NAME,
    {'f', "force", NULL, "print it on a terminal, too", false},
    ROWS_END,
};
static const struct option_row env_options[] = {
    ROW_NAME,
    {'f', "force", NULL, "print it on a terminal, too", false},
    {OPTION_SHELL, "shell", "sh|csh|fish", "whose syntax to print (default: sh)", false},
    ROWS_END,
};
static const struct option_row json_options[] = {
    ROW_JSON,
    ROWS_END,
};
static const struct option_row login_options[] = {
    {'n', "name", "NAME", "its name here (default: its name at the Hub, else main)", false},
    {OPTION_SEAL, "seal", "host|password|both", "what opens it: machine or login password", false},
    {OPTION_BROWSER, "browser", NULL, "log in at the Hub in a browser", false},
    {OPTION_PASTE, "paste", NULL, "take a token that was made in the Hub's settings", false},
    {OPTION_NO_CHECK, "no-check", NULL, "do not ask the Hub about it", false},
    {OPTION_EXPIRES, "expires", "DATE", "no use from then on: YYYY-MM-DD, or in 90d", false},
    ROWS_END,
};
static const struct option_row list_options[] = {
    ROW_JSON,
    {OPTION_NAMES, "names", NULL, "print the names alone, one a line", false},
    ROWS_END,
};
static const struct option_row logout_options[] = {
    {OPTION_ALL, "all", NULL, "remove all of them", false},
    ROW_YES,
    ROWS_END,
};
static const struct option_row unlock_options[] = {
    {OPTION_REWRAP, "rewrap", NULL, "then wrap the identity under the present password", false},
    ROWS_END,
};
static const struct option_row name_options[] = {
    ROW_NAME,
    ROWS_END,
};
static const struct option_row whoami_options[] = {
    ROW_NAME,
    ROW_JSON,
    ROWS_END,
};
static const struct option_row rotate_options[] = {
    {OPTION_BROWSER, "browser", NULL, "log in at the Hub in a browser", false},
    {OPTION_PASTE, "paste", NULL, "take a token that was made in the Hub's settings", false},
    {OPTION_EXPIRES, "expires", "DATE", "no use from then on: YYYY-MM-DD, or in 90d", false},
    ROWS_END,
};
static const struct option_row revoke_options[] = {
    ROW_YES,
    ROWS_END,
};
static const struct option_row import_options[] = {
    {OPTION_DRY_RUN, "dry-run", NULL, "only show what would be done", false},
    {OPTION_SEAL, "seal", "host|password|both", "what opens it: machine or login password", false},
    {OPTION_NO_CHECK, "no-check", NULL, "do not ask the Hub about them", false},
    ROW_YES,
    ROWS_END,
};
static const struct option_row git_setup_options[] = {
    {OPTION_UNDO, "undo", NULL, "take out what it has put in", false},
    ROWS_END,
};
static const struct option_row no_options[] = {
    ROWS_END,
};

/* In the order of the help: use first, then the tokens, then what is rare. */
static const struct command commands[] = {
    {"run", "[--] CMD [ARG]...", "run a command with the token in HF_TOKEN",
     "The command takes this process's place. It gets HF_TOKEN once, replacing any that was set.\n"
     "Exit code: the command's own; 125 when hf-token fails, 126 when the command cannot be\n"
     "executed, 127 when it is not found.",
     run_options, RUN_FAILED, PROGRAM_HERE},
    {"token", "", "print the token on standard output",
     "A terminal is refused unless forced.",
     token_options, TOOL_USAGE, PROGRAM_HERE},
    {"env", "", "print a line that sets HF_TOKEN, for eval",
     "For sh: eval \"$(hf-token env)\"; for csh: eval \"`hf-token env --shell csh`\"; for fish:\n"
     "hf-token env --shell fish | source. A terminal is refused unless forced.",
     env_options, TOOL_USAGE, PROGRAM_HERE},
    {"status", "", "say which tokens are available here, and why others are not",
     "Exit code: 0 when the selected token is available, 3 when there is none, 4 when locked.",
     json_options, TOOL_USAGE, PROGRAM_STORE},
    {"login", "", "add a token, or replace the one of this name",
     "The token is asked for on the terminal, without echo; otherwise it is the first line of\n"
     "standard input. Without --seal it is sealed to this machine where that has a host key,\n"
     "and with the login password elsewhere. The first time that a password is needed, it is\n"
     "asked for twice; otherwise it is the second line.",
     login_options, TOOL_USAGE, PROGRAM_HUB},
    {"list", "", "list the tokens with their state",
     NULL,
     list_options, TOOL_USAGE, PROGRAM_STORE},
    {"use", "NAME", "make a token the default",
     "A token that only the administrator stored is the default until the next login.",
     no_options, TOOL_USAGE, PROGRAM_STORE},
    {"rename", "NAME NEW", "give a token another name",
     "The name is sealed with the token, so it must be open here; where it is locked, the login\n"
     "password is asked for.",
     no_options, TOOL_USAGE, PROGRAM_STORE},
    {"logout", "[NAME]", "remove a token from the store and from all sessions",
     "Without NAME it is the default. On a terminal, what was not named is asked for before.\n"
     "The Hub still takes the token: hf-token revoke ends it there, too.",
     logout_options, TOOL_USAGE, PROGRAM_STORE},
    {"unlock", "", "open the tokens that are sealed with the login password",
     "The password is asked for on the terminal, without echo; otherwise it is the first line of\n"
     "standard input. With --rewrap that is the earlier one; then the present one is asked for\n"
     "twice, or is the second line.",
     unlock_options, TOOL_USAGE, PROGRAM_STORE},
    {"lock", "", "take the tokens out of all sessions",
     "The next login brings them back, and unlock those that are sealed with the password.",
     no_options, TOOL_USAGE, PROGRAM_HERE},
    {"whoami", "", "ask the Hub whose the token is, and what it may do",
     "Exit code: 5 when the Hub refuses the token, 1 when it could not be asked.",
     whoami_options, TOOL_USAGE, PROGRAM_HUB},
    {"check", "REPO", "ask the Hub whether the token reaches a repository",
     "REPO is OWNER/NAME or models/OWNER/NAME or NAME for a model, datasets/OWNER/NAME,\n"
     "spaces/OWNER/NAME, or the address of its page. Exit code: 5 when the token does not reach it.",
     name_options, TOOL_USAGE, PROGRAM_HUB},
    {"rotate", "NAME", "put a new token in the place of an old one, and revoke that",
     "The new one is taken in as by login, and sealed as the old one was. Only when it is stored\n"
     "is the old one revoked at the Hub.",
     rotate_options, TOOL_USAGE, PROGRAM_HUB},
    {"revoke", "NAME", "revoke a token at the Hub, and remove it here",
     "Then nobody can use it any more, wherever copies of it lie.",
     revoke_options, TOOL_USAGE, PROGRAM_HUB},
    {"import", "", "move tokens in clear from the known places into the store",
     "It looks where the Hub's clients, git and shells have them, shows what it found, masked, and\n"
     "asks for each. A token leaves its file only when its sealed copy has been opened again.\n"
     "Exit code: 1 when one of them is still where it was, 5 when the Hub refused one.",
     import_options, TOOL_USAGE, PROGRAM_HUB},
    {"git-credential", "get|store|erase", "be git's credential helper for the Hub",
     "git asks for it; hf-token git-setup tells it to. get answers for the Hub of HF_ENDPOINT\n"
     "alone; store and erase keep and remove nothing.",
     name_options, TOOL_USAGE, PROGRAM_HUB},
    {"git-setup", "", "let git take its password for the Hub from hf-token",
     "It sets credential.ENDPOINT.helper in your own git configuration, for this address alone:\n"
     "git then neither asks other helpers for it nor stores it with them.",
     git_setup_options, TOOL_USAGE, PROGRAM_HUB},
    {"hook", "bash|zsh|fish [CMD]...", "print shell code that runs commands with the token",
     "In ~/.bashrc: eval \"$(hf-token hook bash)\"; in ~/.zshrc with zsh; for fish, in its\n"
     "config.fish: hf-token hook fish | source. Without CMD it is for python, python3, ipython,\n"
     "jupyter, hf, vllm, huggingface-cli, transformers-cli, accelerate, torchrun, and git-lfs,\n"
     "which stands for git lfs. Where there is no token, they run without one. To go past a\n"
     "function: command CMD.",
     no_options, TOOL_USAGE, PROGRAM_STORE},
    {"doctor", "", "check this machine and account, and say what to repair",
     "Exit code: 1 when anything is bad. It names files and lines, never what is in them.",
     json_options, TOOL_USAGE, PROGRAM_HUB},
    {NULL, NULL, NULL, NULL, NULL, 0, PROGRAM_HERE},
};

/* clang-format on */

const struct command_table hf_token_table = {
    .program = "hf-token",
    .summary = "Hands out the Hugging Face token that your login put into the kernel keyring.",
    .footer = "Which token: -n NAME, else HF_TOKEN_NAME, else the nearest .hf-token file upwards,\n"
              "else the default.\n"
              "Exit code: 0; 1 failure; 2 usage; 3 no such token; 4 locked;\n"
              "5 the Hub refused it; for run 125, 126, 127.",
    .commands = commands,
};

const struct command *command_find(const struct command_table *table, const char *name)
{
    for (const struct command *command = table->commands; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}
