/* What a server sends back of what it was sent. */
#ifndef HF_HUB_ECHO_H
#define HF_HUB_ECHO_H

struct hub_fault;
struct secret;

/* Empties each text of the fault that has the secret in it, or 16 bytes of it in a row. NULL is
   fine. */
void echo_forget(const struct secret *secret, struct hub_fault *fault);

#endif
