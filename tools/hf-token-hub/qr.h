/* QR codes on a terminal, for a telephone to read an address from. */
#ifndef HF_HUB_QR_H
#define HF_HUB_QR_H

#include <stdbool.h>

#include "common/error.h"

/* Draws with half blocks of UTF-8, two rows of the code in a line, white on black whatever the
   terminal's colours are; malloc'd, the caller's. HF_ETOOBIG: it does not fit into that many
   columns and lines. HF_ENOMEM. */
HF_CHECKED enum hf_error qr_draw(const char *text, unsigned columns, unsigned lines,
                                 char **out_drawing);

/* Draws it on standard error where that is a terminal that can show it; whether it did. */
bool qr_show(const char *text);

#endif
