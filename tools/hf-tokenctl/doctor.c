#include <stdbool.h>
#include <stddef.h>

#include "common/scope.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/doctor/doctor.h"
#include "tools/exit.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/hf-tokenctl/init.h"

static const struct {
    const char *name;
    void (*run)(struct doctor *doctor);
    bool fleet; /* only where this machine asks an engine, or says how */
} checks[] = {
    {"programs",  check_programs,         false},
    {"pam",       check_pam,              false},
    {"host-key",  check_machine_key,      false},
    {"settings",  check_machine_settings, false},
    {"account",   check_machine_account,  true },
    {"folders",   check_machine_folders,  true },
    {"signers",   check_machine_signers,  true },
    {"sources",   check_machine_sources,  false},
    {"engine",    check_machine_engines,  true },
    {"pools",     check_machine_pools,    true },
    {"timer",     check_machine_timer,    true },
    {"on-demand", check_machine_demand,   false},
};

int doctor_command(struct arguments *arguments)
{
    SCOPED(doctor) struct doctor doctor = {0};
    const char *value = "";
    bool json = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument != OPTION_JSON)
            return arguments_stop(arguments, argument);
        json = true;
    }
    const int code = root_check("doctor");
    if (code != TOOL_OK)
        return code;
    const bool fleet = fleet_is_wanted();
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        doctor.check = checks[i].name;
        if (fleet || !checks[i].fleet)
            checks[i].run(&doctor);
    }
    return doctor_print(&doctor, json);
}
