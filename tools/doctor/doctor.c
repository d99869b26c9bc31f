#include "tools/doctor/doctor.h"

#include <stdbool.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/holdings/holdings.h"

static const struct {
    const char *name;
    void (*run)(struct doctor *doctor);
} checks[] = {
    {"kernel",      check_kernel     },
    {"session",     check_session    },
    {"ring",        check_ring       },
    {"quota",       check_quota      },
    {"host-key",    check_hostkey    },
    {"identity",    check_identity   },
    {"documents",   check_documents  },
    {"tokens",      check_tokens     },
    {"sources",     check_sources    },
    {"programs",    check_programs   },
    {"pam",         check_pam        },
    {"environment", check_environment},
    {"plaintext",   check_plaintext  },
    {"hub",         check_hub        },
};

int doctor_command(struct arguments *arguments)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    SCOPED(doctor) struct doctor doctor = {0};
    const char *value = "";
    bool json = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument != OPTION_JSON)
            return arguments_stop(arguments, argument);
        json = true;
    }
    int code = holdings_begin("doctor", &holdings);
    if (code != TOOL_OK)
        return code;
    doctor.holdings = holdings;
    doctor.user = holdings->account.name;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        doctor.check = checks[i].name;
        checks[i].run(&doctor);
    }
    return doctor_print(&doctor, json);
}
