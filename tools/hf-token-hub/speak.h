/* Speaking with the Hub for people: which one, what its answers mean, and what to do then. */
#ifndef HF_HUB_SPEAK_H
#define HF_HUB_SPEAK_H

#include "hub/endpoint.h"
#include "hub/fault.h"
#include "tools/say.h"

/* Starts hub/ and chooses the endpoint; a command that asks the Hub calls it before it asks its
   user for anything. Gives 0 or the exit code, and it has been said. */
int speak_begin(const char *command, struct endpoint *out_endpoint);

/* The page where tokens are made and revoked. Gives the buffer. */
#define SETTINGS_SIZE (ENDPOINT_MAX + 32)
const char *speak_settings(const struct endpoint *endpoint, char page[static SETTINGS_SIZE]);

/* Why it did not work, as one line: the fault's text, and what the Hub said with it. Gives the
   buffer. */
const char *speak_reason(const struct hub_fault *fault, char reason[static NEXT_MAX]);

/* What to do about a fault that says nothing about the token; NULL for the others. Gives the
   buffer or a static string. */
const char *speak_advice(const struct hub_fault *fault, char next[static NEXT_MAX]);

/* ", in 9 seconds" where the Hub asks for that, else "". Gives the buffer. */
#define WAIT_SIZE 32
const char *speak_wait(const struct hub_fault *fault, char wait[static WAIT_SIZE]);

/* The exit code of a fault: TOOL_REFUSED or TOOL_FAILED. */
int speak_code(const struct hub_fault *fault);

/* Says "COMMAND: REASON" with `next`, or with the advice where that is NULL, and gives the exit
   code. */
int speak_fault(const char *command, const struct hub_fault *fault, const char *next);

#endif
