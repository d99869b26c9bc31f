#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/fleet/commands.h"
#include "tools/fleet/hosts.h"
#include "tools/fleet/provision.h"
#include "tools/say.h"
#include "tools/when.h"

/* The command line. */
struct call {
    struct fleet fleet;
    const char *to[SLOTS_MAX + 1];
    size_t to_count;
    const char *file; /* NULL or "-": standard input */
    enum batch_format format;
    uint64_t valid;
    bool dry, accept_old, bring_back;
};

static void call_scope_end(struct call *held)
{
    fleet_clear(&held->fleet);
}

static int take_format(const struct arguments *arguments, const char *value, struct call *call)
{
    if (strcmp(value, "csv") == 0)
        call->format = BATCH_CSV;
    else if (strcmp(value, "jsonl") == 0)
        call->format = BATCH_JSONL;
    else
        return arguments_wrong(arguments, "--format is csv or jsonl");
    return TOOL_OK;
}

static int take_word(struct arguments *arguments, int argument, const char *value,
                     struct call *call)
{
    if (fleet_option(&call->fleet, argument, value))
        return TOOL_OK;
    switch (argument) {
    case OPTION_TO:
        if (call->to_count == SLOTS_MAX)
            return arguments_wrong(arguments, "--to is there more often than a token has slots");
        call->to[call->to_count++] = value;
        return TOOL_OK;
    case OPTION_FORMAT:
        return take_format(arguments, value, call);
    case OPTION_VALID:
        return publication_valid("provision", value, &call->valid);
    case OPTION_ACCEPT_OLD:
        call->accept_old = true;
        return TOOL_OK;
    case OPTION_BRING_BACK:
        call->bring_back = true;
        return TOOL_OK;
    case OPTION_DRY_RUN:
        call->dry = true;
        return TOOL_OK;
    default:
        if (argument != ARGUMENT_OPERAND || call->file != NULL)
            return -1;
        call->file = value;
        return TOOL_OK;
    }
}

/* What everybody can read has lost its secrets already. */
static void warn_open(const char *file, int input)
{
    struct stat status;
    if (fstat(input, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077) != 0)
        say_note("provision: %s: others may read these tokens; chmod 600, and remove it afterwards",
                 file);
}

static bool is_stdin(const struct call *call)
{
    return call->file == NULL || strcmp(call->file, "-") == 0;
}

/* Where the rows come from standard input, the password cannot: it is asked for on the terminal,
   which takes its place. */
static int open_stdin(const struct call *call, int *out_input)
{
    SCOPED(fd) int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    if (input < 0)
        return say_failure(TOOL_FAILED, HF_EIO, NULL, "provision: standard input");
    if (call->fleet.password_file == NULL) {
        SCOPED(fd) int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (terminal < 0 || dup2(terminal, STDIN_FILENO) < 0)
            return say_failure(TOOL_FAILED, HF_OK, "--password-file FILE, or name the FILE to read",
                               "provision: there is no terminal to ask for the password on");
    }
    *out_input = input;
    input = -1;
    return TOOL_OK;
}

static int open_input(const struct call *call, char *shown, int *out_input)
{
    if (is_stdin(call))
        return open_stdin(call, out_input);
    *out_input = open(call->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (*out_input < 0)
        return say_failure(TOOL_FAILED, HF_EIO, NULL, "provision: %s", shown);
    return TOOL_OK;
}

static int resolve(const struct call *call, const struct roster *roster,
                   struct recipients *out_recipients)
{
    for (size_t i = 0; i < call->to_count; i++)
        if (recipients_add(roster, call->to[i], out_recipients) != HF_OK)
            return recipients_say(roster, call->to[i], "provision");
    return TOOL_OK;
}

static int publish(struct call *call, const struct roster *roster, const struct batch *batch)
{
    SCOPED(publication) struct publication publication = {.accept_old = call->accept_old};
    SCOPED(provision) struct provision provision = {.batch = NULL};
    int code = fleet_unlock(&call->fleet);
    if (code == TOOL_OK)
        code = publication_open(&call->fleet, call->valid, &publication);
    if (code != TOOL_OK)
        return code;
    const enum hf_error error = provision_new(batch, &publication, &provision);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "provision");
    provision.dry = publication.generations.fixed = call->dry;
    provision.bring_back = call->bring_back;
    if (!call->dry)
        code = hosts_ready(&publication, roster);
    return code == TOOL_OK ? provision_run(&provision) : code;
}

static int provision_all(struct call *call, const struct roster *roster)
{
    char shown[STORE_PATH_MAX + 1] = "standard input";
    SCOPED(fd) int input = -1;
    struct recipients standard = {.count = 0};
    SCOPED(batch)
    struct batch batch = {.command = "provision",
                          .source = shown,
                          .roster = roster,
                          .standard = &standard,
                          .now = when_now(),
                          .format = call->format};
    if (!is_stdin(call) && say_holds_token(call->file))
        memcpy(shown, "that file", sizeof "that file");
    else if (!is_stdin(call) && text_format(shown, sizeof shown, "%s", call->file) != HF_OK)
        return say_failure(TOOL_FAILED, HF_ENAME, NULL, "provision");
    (void)say_clean(shown);
    int code = resolve(call, roster, &standard);
    if (code == TOOL_OK)
        code = open_input(call, shown, &input);
    if (code != TOOL_OK)
        return code;
    warn_open(shown, input);
    code = batch_read(&batch, input);
    return code == TOOL_OK ? publish(call, roster, &batch) : code;
}

int provision_command(struct arguments *arguments)
{
    SCOPED(call) struct call call = {.fleet = FLEET_INIT("provision")};
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    const char *value = "";
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        const int code = take_word(arguments, argument, value, &call);
        if (code != TOOL_OK)
            return code == -1 ? arguments_stop(arguments, argument) : code;
    }
    int code = fleet_open(&call.fleet);
    if (code == TOOL_OK)
        code = fleet_lock(&call.fleet);
    if (code == TOOL_OK)
        code = roster_read(&call.fleet, &roster);
    return code == TOOL_OK ? provision_all(&call, &roster) : code;
}
