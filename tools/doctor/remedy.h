/* What brings a file right that a section of fleet.conf names, and that cannot be used. */
#ifndef HF_DOCTOR_REMEDY_H
#define HF_DOCTOR_REMEDY_H

#include "tools/say.h"

struct account;
struct site_settings;

/* The next step for a line of ask_check: "[SECTION] SETTING: FILE: WHY", or "FILE: WHY" of one of
   the site's own. The file is looked at anew, as root, for what `account` may do with it. Gives the
   buffer, or a static string. */
const char *remedy_of(const char *line, const struct site_settings *settings,
                      const struct account *account, char buffer[static NEXT_MAX]);

#endif
