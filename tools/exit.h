/* The exit codes of all tools, as their manuals have them. */
#ifndef HF_TOOLS_EXIT_H
#define HF_TOOLS_EXIT_H

enum tool_exit {
    TOOL_OK = 0,
    TOOL_FAILED = 1,
    TOOL_USAGE = 2,
    TOOL_NONE = 3,    /* no such token, or its time is over */
    TOOL_LOCKED = 4,  /* the token exists, but is not open here */
    TOOL_REFUSED = 5, /* the Hub refused it */
    /* What `hf-token run` adds, as env(1) and timeout(1) do; its usage errors are 125 too, because
       2 may be the command's own. */
    RUN_FAILED = 125,
    RUN_NOT_EXECUTABLE = 126,
    RUN_NOT_FOUND = 127,
};

#endif
