/* hook: shell functions that run commands with the token, without a wrapper being typed. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/hf-token-store/commands.h"
#include "tools/say.h"

/* What asks the Hub with HF_TOKEN. git-lfs stands for `git lfs`; the rest of git is left alone, it
   has a credential helper. */
static const char *const usual[] = {
    "python",          "python3",          "ipython",    "jupyter",  "hf",      "vllm",
    "huggingface-cli", "transformers-cli", "accelerate", "torchrun", "git-lfs", NULL,
};

/* Functions of these names would change the shell itself, or what the functions are made of. */
static const char *const never[] = {
    "hf-token", "command", "builtin", "eval",      "exec",   "source", "function",
    "if",       "then",    "elif",    "else",      "fi",     "for",    "foreach",
    "while",    "until",   "do",      "done",      "case",   "esac",   "in",
    "select",   "time",    "coproc",  "repeat",    "end",    "and",    "or",
    "not",      "begin",   "switch",  "set",       "unset",  "test",   "alias",
    "return",   "cd",      "export",  "nocorrect", "noglob", NULL,
};

/* A shell's text for one command: "function NAME", `wraps`, NAME, `end`. */
struct shell {
    const char *name;
    const char *file, *load; /* where its user puts what */
    const char *wraps, *end, *lfs;
};

#define POSIX_WRAPS " { command hf-token run --optional -- "
#define POSIX_END   " \"$@\"; }\n"
#define POSIX_LFS                                                                                  \
    "function git { if [ \"${1-}\" = lfs ]; then command hf-token run --optional -- git \"$@\"; "  \
    "else command git \"$@\"; fi; }\n"

/* The keyword `function` keeps an alias of that name from being put in its place; aliases go on
   working, and lead to the function. */
static const struct shell shells[] = {
    {.name = "bash",
     .file = "~/.bashrc",
     .load = "eval \"$(hf-token hook bash)\"",
     .wraps = POSIX_WRAPS,
     .end = POSIX_END,
     .lfs = POSIX_LFS                                   },
    {.name = "zsh",
     .file = "~/.zshrc",
     .load = "eval \"$(hf-token hook zsh)\"",
     .wraps = POSIX_WRAPS,
     .end = POSIX_END,
     .lfs = POSIX_LFS                                   },
    {.name = "fish",
     .file = "~/.config/fish/config.fish",
     .load = "hf-token hook fish | source",
     .wraps = "; command hf-token run --optional -- ",
     .end = " $argv; end\n",
     .lfs = "function git; if test \"$argv[1]\" = lfs; command hf-token run --optional -- git "
            "$argv; else; command git $argv; end; end\n"},
};

static const struct shell *shell_find(const char *name)
{
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(shells[i].name, name) == 0)
            return &shells[i];
    return NULL;
}

/* A plain word that no shell reads as anything else. */
static bool name_valid(const char *name)
{
    const char *const letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";
    const size_t length = strlen(name);
    if (length == 0 || length > 64 || strchr("-+.", name[0]) != NULL || say_like_token(name) ||
        name[strspn(name, letters)] != '\0')
        return false;
    for (const char *const *word = never; *word != NULL; word++)
        if (strcmp(*word, name) == 0)
            return false;
    return true;
}

static void print_one(const struct shell *shell, const char *name)
{
    if (strcmp(name, "git-lfs") == 0)
        printf("%s", shell->lfs);
    else
        printf("function %s%s%s%s", name, shell->wraps, name, shell->end);
}

/* Who sees the code has typed the command by itself. */
static void say_use(const struct shell *shell)
{
    char next[NEXT_MAX];
    if (isatty(STDOUT_FILENO))
        (void)say_failure(0, HF_OK, say_next(next, "In %s: %s", shell->file, shell->load),
                          "hook: this is code for %s, and nothing has changed yet", shell->name);
}

/* All are looked at before anything is printed: half of a hook is none. */
static int print_hook(const struct arguments *arguments, const struct shell *shell,
                      char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (!name_valid(names[i]))
            return arguments_wrong(arguments,
                                   "CMD is the name of a command: letters, digits, . _ + -");
    if (names[0] == NULL)
        for (size_t i = 0; usual[i] != NULL; i++)
            print_one(shell, usual[i]);
    for (size_t i = 0; names[i] != NULL; i++)
        print_one(shell, names[i]);
    if (fflush(stdout) != 0)
        return say_failure(TOOL_FAILED, HF_EIO, NULL, "hook: standard output");
    say_use(shell);
    return TOOL_OK;
}

int hook_command(struct arguments *arguments)
{
    const char *value = "";
    int argument = arguments_next(arguments, &value);
    if (argument == ARGUMENT_END)
        return arguments_wrong(arguments, "name the shell: bash, zsh or fish");
    if (argument != ARGUMENT_OPERAND)
        return arguments_stop(arguments, argument);
    const struct shell *shell = shell_find(value);
    if (shell == NULL)
        return arguments_wrong(arguments, "the shell is bash, zsh or fish");
    return print_hook(arguments, shell, arguments->words);
}
