/* What a host tells the engine that it has seen, for the administrator's `status`. */
#ifndef HF_TOOLS_SOURCE_REPORT_H
#define HF_TOOLS_SOURCE_REPORT_H

#include "tools/source/asking.h"

/* Puts "GENERATION SECONDS\n" of the head that is kept to OBJECT_SEEN/HEX; nothing is done where no
   head was seen, or the engine was told the same within the hour, or would not hear of it.
   HF_EUNAVAIL where the engine takes no writes; HF_ENAME; what engine_put_all gives. */
HF_CHECKED enum hf_error report_send(struct asking *asking, const char *hex);

#endif
