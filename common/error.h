/* The one list of what can go wrong, with its texts. */
#ifndef HF_COMMON_ERROR_H
#define HF_COMMON_ERROR_H

/* A text completes "could not do this: ..." and never holds data. HF_EIO and HF_EKERNEL leave errno
 * set. */
#define HF_ERRORS(X)                                                                               \
    X(HF_OK, "no error")                                                                           \
    X(HF_ENOMEM, "out of memory")                                                                  \
    X(HF_EIO, "the system refused")                                                                \
    X(HF_EKERNEL, "the kernel keyring refused")                                                    \
    X(HF_EQUOTA, "the kernel's key quota of this user is used up")                                 \
    X(HF_ENOSESSION, "this process has no session keyring of its user")                            \
    X(HF_ENOTFOUND, "there is none")                                                               \
    X(HF_EEXPIRED, "it has expired")                                                               \
    X(HF_EOWNER, "it belongs to another user")                                                     \
    X(HF_EMODE, "its mode lets others change or read it")                                          \
    X(HF_ETYPE, "it is not a regular file")                                                        \
    X(HF_EEMPTY, "it is empty")                                                                    \
    X(HF_ETOOBIG, "it is too large")                                                               \
    X(HF_EJSON, "it is not strict JSON")                                                           \
    X(HF_EDUPLICATE, "it has a member twice")                                                      \
    X(HF_EFORMAT, "it has a missing, unknown or malformed member")                                 \
    X(HF_EVERSION, "it has a version that this program does not know")                             \
    X(HF_EUSER, "it was made for another user")                                                    \
    X(HF_ECOST, "its Argon2id cost is outside the accepted range")                                 \
    X(HF_EALTERED, "it does not authenticate: altered, or made for another user or token")         \
    X(HF_EPOOL, "its pool's key is sealed to an earlier key of this machine, which hf-tokenctl "   \
                "key host replace mends, or altered")                                              \
    X(HF_ENOSLOT, "it is not sealed to a key that is at hand")                                     \
    X(HF_EPASSWORD, "the password does not open it")                                               \
    X(HF_ENOPASSWORD, "it is sealed with the login password, which was not given")                 \
    X(HF_ENOIDENTITY, "the user has no identity file")                                             \
    X(HF_ENOHOSTKEY, "this machine has no host key")                                               \
    X(HF_ENAME, "the name is not usable")                                                          \
    X(HF_EENDPOINT, "it is not an https address of a Hub")                                         \
    X(HF_ETOKEN, "that is not a token: empty, too long, or with other than printable characters")  \
    X(HF_EFULL, "there is room for no more tokens")                                                \
    X(HF_EEXISTS, "it exists already")                                                             \
    X(HF_ECONFIG, "the configuration is malformed")                                                \
    X(HF_EUNAVAIL, "the source is not available")                                                  \
    X(HF_ETRYAGAIN, "the source is busy")                                                          \
    X(HF_EDEADLINE, "it took longer than the deadline")                                            \
    X(HF_ECHILD, "a program could not be run to its end")                                          \
    X(HF_EUNSIGNED, "it is not signed by a key that this machine trusts")                          \
    X(HF_EROLLBACK, "it is older than one that was seen before")                                   \
    X(HF_EOUTDATED, "the time that it was published for is over")                                  \
    X(HF_ESTALE, "the engine was not reached, and the cache is older than maximum-age")            \
    X(HF_EFUTURE, "its date lies in the future: is this machine's clock right?")                   \
    X(HF_ECHANGED, "somebody else has changed it meanwhile")                                       \
    X(HF_EUNCHANGED, "it has not changed")                                                         \
    X(HF_EREFUSED, "the server refused this machine or its account")                               \
    X(HF_EUNTRUSTED, "the server's certificate could not be verified")                             \
    X(HF_EREVOKED, "the administrator has revoked it")                                             \
    X(HF_EPOLICY, "the administrator does not allow it for this user")                             \
    X(HF_EACCOUNT, "the system account for sources is missing")                                    \
    X(HF_ELOGIN, "it is asked at login, and by root's refresh, alone")                             \
    X(HF_EPROTOCOL, "a program answered with something else than agreed")

enum hf_error {
#define X(code, text) code,
    HF_ERRORS(X)
#undef X
        HF_ERROR_COUNT
};

#define HF_CHECKED __attribute__((warn_unused_result))

/* Returns from the calling function when `call` does not give HF_OK. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum hf_error try_error_ = (call);                                                         \
        if (try_error_ != HF_OK)                                                                   \
            return try_error_;                                                                     \
    } while (0)

/* The text of a code; a static string, also for a number that is no code. */
const char *error_text(enum hf_error error);

/* The same of a file that others may read: of its mode, it says what they must not. */
const char *error_text_open(enum hf_error error);

/* The code's own name, such as "HF_EJSON"; a static string. */
const char *error_name(enum hf_error error);

#endif
