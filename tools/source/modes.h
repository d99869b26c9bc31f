/* The sources that ask an engine are one program with three names. */
#ifndef HF_TOOLS_SOURCE_MODES_H
#define HF_TOOLS_SOURCE_MODES_H

#include "site/settings.h"

/* The main of such a source, run as HF_ACCOUNT with one of
       USER MS      write what signed_answer_parse reads
       document MS USER  the same, and the engine is asked even if it was out a moment ago
       head MS -    ask for the head and keep it
       keys MS HEX  write the pool keys of the host with this public key: of each pool KEY_BYTES of
                    public and POOL_SEALED_BYTES of sealed private key
       check MS -   write a line for each file that the section names and that cannot be used
       seen MS HEX  report to the engine which head this host has seen
   where MS is how long the caller waits. Gives an exit code of store/source.h; where that is not 0,
   and nothing else was written, there may be a reason, store/source.h. */
int modes_main(enum engine_kind kind, int argc, char **argv);

#endif
