/* The login password's way to the tokens that are sealed with it. */
#ifndef HF_HOLDINGS_OPENING_H
#define HF_HOLDINGS_OPENING_H

struct holdings;
struct key_pair;

/* Which password is asked for: the login's, or the one that was it before root changed it. */
enum opening { OPENING_LOGIN, OPENING_EARLIER };

/* Asks for the password that the user's identity is wrapped under, and unwraps it. Gives 0 and the
   pair, which is the caller's to clear, or the exit code, and it has been said. */
int opening_identity(const char *command, const struct holdings *holdings, enum opening opening,
                     struct key_pair *out_pair);

#endif
