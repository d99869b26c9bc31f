/* A user's login to etcd: a token, which is kept between runs, since etcd takes a while for each.
 */
#ifndef HF_ENGINE_SESSION_H
#define HF_ENGINE_SESSION_H

#include "engine/inside.h"

/* Sees to it that engine->session holds a token: the kept one, or a new one. HF_OK also where etcd
   has no users. HF_EREFUSED, HF_EUNAVAIL and what transfer_end gives. */
HF_CHECKED enum hf_error session_begin(struct engine *engine, deadline_ms until);

/* etcd did not take the token of this serial: gets a new one, unless that was done meanwhile. */
HF_CHECKED enum hf_error session_renew(struct engine *engine, unsigned serial, deadline_ms until);

#endif
