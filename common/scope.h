/* Cleanup by scope: SCOPED(type) frees a variable when it leaves its block, TAKE hands it on
 * instead. */
#ifndef HF_COMMON_SCOPE_H
#define HF_COMMON_SCOPE_H

/* SCOPED(secret) struct secret *key = NULL;  calls secret_scope_end(&key) at the end of the block.
 */
#define SCOPED(name) __attribute__((cleanup(name##_scope_end)))

/* Defines what SCOPED(name) calls. `empty` is the value that owns nothing. */
#define DEFINE_SCOPED(name, type, free_function, empty)                                            \
    static inline void name##_scope_end(type *held)                                                \
    {                                                                                              \
        if (*held != (empty))                                                                      \
            free_function(*held);                                                                  \
    }                                                                                              \
    struct name##_scope_needs_semicolon

/* The pointer's value; the variable owns nothing afterwards. */
#define TAKE(pointer)                                                                              \
    ({                                                                                             \
        __typeof__(pointer) taken_ = (pointer);                                                    \
        (pointer) = NULL;                                                                          \
        taken_;                                                                                    \
    })

#endif
