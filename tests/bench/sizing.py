"""What hf-token-fleet(7) says about sizes, of the figures of `make bench-fleet`."""
import math
import statistics
import time

import machine
import sums

TEXT = """.Sh SIZING
Measured by
.Ql make bench-fleet
on {date}, where three nodes of etcd, the administrator and all
hosts shared one machine
.Pq {machine} .
etcd and the folder wrote to memory: where each put waits for a disk,
.Ic hf-tokenctl provision
takes as much longer as the disk does.
.Pp
To provision {users} users for 4 pools takes {etcd} s with etcd and {folder} s
with a folder, of which {seals} s are the encryption itself.
{hosts} machines that ask once a minute are {rate} requests in a second, and
take {load} % of a core of all nodes together.
Half of the answers came within {p50} ms, 99 of 100 within {p99} ms.
A revocation was known to half of the machines after {half} s, and to the last
after {last} s: that is the timer's minute, of which the engine has {asking} ms.
.Pp
From these figures, {all_users} users and {machines} machines with {live} users
logged in at each need:
.Bl -tag -width "revocation"
.It requests
{steady} in a second, and {busy} in the minute behind a change
.It etcd
{steady_cores} cores for all nodes together, in that minute {busy_cores};
{memory} MiB of memory and {database} MiB of database at each node, and as much
of both again for each time that all is published anew before a compaction
.It provision
{etcd_minutes} minutes and {own} MiB of memory; {folder_minutes} minutes into a
folder
.It revocation
a minute, as with one machine
.El
"""


def rounded(value):
    """To two digits: the next measurement has others behind them."""
    if value <= 0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return f"{round(value / step) * step:.10g}"


def measured(figures):
    last, polls, found = max(figures.etcd), figures.polls[-1], figures.revocation
    return {"users": last, "etcd": figures.etcd[last].seconds, "folder": figures.folder[last].seconds,
            "seals": last * figures.seal, "hosts": polls.hosts, "rate": polls.rate, "load": polls.cores * 100,
            "p50": polls.p50, "p99": polls.p99, "half": statistics.median(found.seen), "last": found.seen[-1],
            "asking": found.asking[0]}


def computed(figures):
    steady, found = sums.MACHINES / 60, figures.revocation
    own = sums.computed({count: cost.memory for count, cost in figures.etcd.items()})
    return {"steady": steady, "busy": steady * found.requests, "steady_cores": sums.cores_for(figures, steady),
            "busy_cores": figures.idle + steady * found.requests * found.each,
            "memory": sums.computed(figures.etcd_memory), "database": sums.computed(figures.database),
            "etcd_minutes": sums.seconds_for(figures.etcd) / 60, "own": own,
            "folder_minutes": sums.seconds_for(figures.folder) / 60}


def manual(figures):
    """The section, in mdoc(7)."""
    numbers = {name: rounded(value) for name, value in {**measured(figures), **computed(figures)}.items()}
    return TEXT.format(**numbers, date=time.strftime("%Y-%m-%d"), machine=machine.named(),
                       all_users=sums.USERS, machines=sums.MACHINES, live=sums.LIVE)
