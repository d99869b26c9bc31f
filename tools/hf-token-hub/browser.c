#include "tools/hf-token-hub/browser.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/io.h"
#include "hub/endpoint.h"
#include "hub/oauth.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/client.h"
#include "tools/hf-token-hub/qr.h"
#include "tools/hf-token-hub/speak.h"

/* RFC 8628 section 3.5: how much longer slow_down makes the interval. */
#define SLOWER 5

/* Longest pause between two questions; a Hub in trouble is asked ever more seldom up to this. */
#define PAUSE_MAX 60

struct waiting {
    const char *command;
    deadline_ms until;
    unsigned interval, pause; /* seconds between questions: as agreed, and as it is now */
    bool live;                /* a terminal, whose line is written anew */
    bool troubled;            /* the last question was not answered */
};

static void show_left(const struct waiting *waiting)
{
    char line[48];
    const deadline_ms left = waiting->until - clock_ms();
    const long seconds = left > 0 ? (long)(left / 1000) : 0;
    if (!waiting->live)
        return;
    const int length =
        snprintf(line, sizeof line, "\r%-10s %3ld:%02ld left ",
                 waiting->troubled ? "No answer:" : "Waiting:", seconds / 60, seconds % 60);
    if (length > 0)
        (void)!write(STDERR_FILENO, line, (size_t)length);
}

/* The line goes, so that what is said next stands alone. */
static void clear_left(const struct waiting *waiting)
{
    static const char blank[] = "\r                        \r";
    if (waiting->live)
        (void)!write(STDERR_FILENO, blank, sizeof blank - 1);
}

/* Until the next question, or the end; a second at a time, so that the time left is seen to go. */
static void pause_for(const struct waiting *waiting)
{
    const deadline_ms next = clock_ms() + (deadline_ms)waiting->pause * 1000;
    const deadline_ms end = next < waiting->until ? next : waiting->until;
    for (deadline_ms now = clock_ms(); now < end; now = clock_ms()) {
        const deadline_ms step = end - now < 1000 ? end - now : 1000;
        const struct timespec time = {.tv_sec = step / 1000, .tv_nsec = step % 1000 * 1000000};
        show_left(waiting);
        (void)nanosleep(&time, NULL);
    }
}

/* RFC 8628 section 3.5 asks for ever longer pauses where the server does not answer. */
static void note_trouble(struct waiting *waiting, const struct hub_fault *fault)
{
    char reason[NEXT_MAX];
    unsigned longer = waiting->pause * 2;
    if (fault->wait > longer)
        longer = fault->wait;
    waiting->pause = longer > PAUSE_MAX ? PAUSE_MAX : longer;
    if (!waiting->troubled && !waiting->live)
        say_note("%s: %s; trying on", waiting->command, speak_reason(fault, reason));
    waiting->troubled = true;
}

/* Whether to ask again after this answer. */
static bool goes_on(struct waiting *waiting, enum oauth_state state, const struct hub_fault *fault)
{
    switch (state) {
    case OAUTH_SLOW_DOWN:
        waiting->interval += SLOWER;
        break;
    case OAUTH_PENDING:
        break;
    case OAUTH_TROUBLE:
        note_trouble(waiting, fault);
        return true;
    default:
        return false;
    }
    waiting->troubled = false;
    waiting->pause = waiting->interval;
    return true;
}

static int say_end(const char *command, const struct client *client, enum oauth_state state)
{
    char next[NEXT_MAX];
    (void)say_next(next, "Nothing was changed. To try again: hf-token %s", command);
    switch (state) {
    case OAUTH_DONE:
        return TOOL_OK;
    case OAUTH_DENIED:
        return say_failure(TOOL_REFUSED, HF_OK, next, "%s: it was declined in the browser",
                           command);
    case OAUTH_CLIENT:
        return say_failure(TOOL_REFUSED, HF_OK,
                           "Nothing was changed. hf-token.conf(5) tells of oauth-client; without "
                           "it: --paste",
                           "%s: the Hub does not take the client id that %s gives", command,
                           client->origin);
    default:
        return say_failure(TOOL_FAILED, HF_OK, next,
                           "%s: the code's time is over, and nobody used it", command);
    }
}

/* Asks until there is an answer or the code's time is over: then it does not matter what the Hub
   would say. */
static enum oauth_state wait_for(struct waiting *waiting, const struct endpoint *endpoint,
                                 const struct client *client, const struct device *device,
                                 struct oauth_tokens *out_tokens)
{
    enum oauth_state state = OAUTH_PENDING;
    struct hub_fault fault = {0};
    while (goes_on(waiting, state, &fault)) {
        pause_for(waiting);
        if (clock_ms() >= waiting->until)
            return OAUTH_EXPIRED;
        fault = (struct hub_fault){0};
        state = device_poll(endpoint, client->id, device, out_tokens, &fault);
    }
    return state;
}

/* What the Hub gives goes to a terminal: plain ASCII alone. */
static const char *plain(char text[static DEVICE_TEXT_MAX + 1])
{
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
            *c = '?';
    return text;
}

static void show_device(const char *command, struct device *device)
{
    const bool drawn = device->whole_address[0] != '\0' && qr_show(plain(device->whole_address));
    say_note("%s: open %s in a browser%s, on any machine,\n  and enter this code there: %s",
             command, plain(device->address), drawn ? " (or read the picture)" : "",
             plain(device->user_code));
    say_note("%s: waiting; the code is good for %u minutes", command, (device->lifetime + 59) / 60);
}

static int say_no_start(const char *command, const struct client *client,
                        const struct hub_fault *fault)
{
    if (fault->kind == HUB_REFUSED || fault->kind == HUB_BAD_REQUEST)
        return say_end(command, client, OAUTH_CLIENT);
    if (fault->status == 404)
        return say_failure(TOOL_FAILED, HF_OK, "Take a token from its settings page: --paste",
                           "%s: this Hub has no login in the browser for programs", command);
    return speak_fault(command, fault, NULL);
}

int browser_login(const char *command, const struct endpoint *endpoint, const struct client *client,
                  struct oauth_tokens *out_tokens)
{
    SCOPED(device) struct device device = {0};
    struct hub_fault fault = {0};
    if (device_start(endpoint, client->id, &device, &fault) != HUB_OK)
        return say_no_start(command, client, &fault);
    const unsigned interval = device.interval > 0 ? device.interval : 1;
    struct waiting waiting = {.command = command,
                              .until = clock_ms() + (deadline_ms)device.lifetime * 1000,
                              .interval = interval,
                              .pause = interval,
                              .live = isatty(STDERR_FILENO) == 1};
    show_device(command, &device);
    const enum oauth_state state = wait_for(&waiting, endpoint, client, &device, out_tokens);
    clear_left(&waiting);
    return say_end(command, client, state);
}
