/* A key in a sealed box, with the hash of what it belongs to: anyone can seal to a public key, and
 * this says for what it was done. */
#ifndef HF_STORE_BOX_H
#define HF_STORE_BOX_H

#include <stdint.h>

#include "common/error.h"
#include "store/slot.h"

struct pack;

/* crypto_box_seal to `recipient` of the key, KEY_BYTES, and BLAKE2b-256 of `context`. HF_EFORMAT
   for a public key of low order, HF_ENAME (pack_check), HF_ENOMEM. */
HF_CHECKED enum hf_error box_seal(const struct pack *context, const struct secret *key,
                                  const uint8_t recipient[static KEY_BYTES],
                                  uint8_t out_sealed[static SLOT_SEALED_BYTES]);

/* Opens it and compares the context. HF_EALTERED, HF_ENAME, HF_ENOMEM. */
HF_CHECKED enum hf_error box_open(const struct pack *context, const struct key_pair *pair,
                                  const uint8_t sealed[static SLOT_SEALED_BYTES],
                                  struct secret **out_key);

#endif
