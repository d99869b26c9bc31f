/* Logging in at the Hub in a browser, on whatever machine: RFC 8628's device flow, for people. */
#ifndef HF_HUB_BROWSER_H
#define HF_HUB_BROWSER_H

struct client;
struct endpoint;
struct oauth_tokens;

/* Shows address and code on standard error, waits for the user's answer until the code's time is
   over, and says what comes of it. Gives 0 and the tokens, which are the caller's to clear, or the
   exit code. Ctrl-C ends the program as ever: nothing has been changed until then. */
int browser_login(const char *command, const struct endpoint *endpoint, const struct client *client,
                  struct oauth_tokens *out_tokens);

#endif
