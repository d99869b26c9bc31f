"""The figures of `make bench-fleet`: the table, the picture, and what a larger site needs."""
import collections
import math
import os
import statistics
import time

import machine
import plot
from measure import line_through

# Of simulated hosts: how many polls, of them failed, in a second; the cores that the engine took, and seconds of them
# for each poll; the same of a host; and the latency in milliseconds.
Polls = collections.namedtuple("Polls", "hosts count errors rate cores each host p50 p99 most")
# Seconds of `revoke` itself, and from its beginning to each host; what such a host needed for its asking (p50, p99,
# most, in milliseconds), and in how many requests; what the engine took for each of these.
Revocation = collections.namedtuple("Revocation", "took seen asking requests each")

# The site that is computed, and how many users have a session on each of its machines.
USERS, MACHINES, LIVE = 100000, 10000, 3


class Figures:
    """What was measured. Dictionaries are by number of users."""

    def __init__(self):
        self.folder, self.etcd, self.etcd_cpu, self.etcd_memory, self.database = {}, {}, {}, {}, {}


def fact(what, *texts):
    for name, text in zip([what] + [""] * len(texts), texts):
        print(f"  {name:<42} {text}")


# ---------------------------------------------------------------------------------------------- users

def allowed(figures, count, rate):
    """What the design allows: twice libsodium's own time, and the engine's own for the puts."""
    return count * (2 * figures.seal + 1 / rate)


def show_ratios(figures):
    print(f"\n{'ratio':>6}  {'':<36} {'seconds':>8} {'allowed':>8}  2 x libsodium + the engine's own puts")
    for name, costs, rate in (("a folder", figures.folder, figures.folder_puts),
                              ("etcd", figures.etcd, figures.etcd_puts)):
        for count, cost in costs.items():
            limit = allowed(figures, count, rate)
            print(f"{cost.seconds / limit:>6.2f}  {f'provision {count:,} users to {name}':<36} {cost.seconds:>8.2f} "
                  f"{limit:>8.2f}  {'yes' if cost.seconds <= limit else 'NO'}")


def show_provision(figures):
    last = max(figures.etcd)
    cost, again = figures.etcd[last], figures.again
    print("\nprovision, 4 recipients for each user")
    fact("a document", f"{figures.document} bytes; libsodium alone takes {figures.seal * 1e6:.0f} us for it")
    fact("what an engine itself takes", f"etcd {figures.etcd_puts:.0f} puts/s on 16 connections, "
         f"a folder {figures.folder_puts:.0f}/s")
    fact(f"{last:,} users to etcd", f"{cost.seconds:.1f} s, processor {cost.cpu:.1f} s; of etcd "
         f"{figures.etcd_cpu[last]:.1f} s")
    fact("the same again, nothing to do", f"{again.seconds:.1f} s, processor {again.cpu:.1f} s")
    fact("memory", *(f"{count:,} users: provision {figures.etcd[count].memory:.0f} MiB; a node of etcd "
                     f"{figures.etcd_memory[count]:.0f} MiB, empty {figures.etcd_memory[0]:.0f}; its database "
                     f"{figures.database[count]:.1f} MiB" for count in figures.etcd))


# ---------------------------------------------------------------------------------------------- hosts

def show_polls(what, polls):
    fact(what, f"{polls.rate:.1f} requests/s, {polls.errors:.0f} failed; etcd {polls.cores * 100:.1f} % of a core; "
         f"latency p50 {polls.p50:.1f} p99 {polls.p99:.1f} ms",
         f"{polls.each * 1e3:.2f} ms of etcd's processor and {polls.host * 1e3:.2f} ms of the host's for each")


def show_refresh(what, measured):
    cost, requests = measured
    fact(what, f"{requests} requests, {cost.cpu * 1e3:.0f} ms of processor, {cost.seconds * 1e3:.0f} ms")


def show_hosts(figures):
    print("\nhosts, each of which asks once a minute, with a connection of its own")
    fact("nobody asks", f"three nodes of etcd take {figures.idle * 100:.1f} % of a core")
    for polls in figures.polls:
        show_polls(f"{polls.hosts:,} hosts", polls)
    show_polls("without a pause, 16 at a time", figures.full)
    show_polls("the same through nginx, which counts too", figures.through_nginx)
    show_refresh("hf-tokenctl refresh, 3 live users, no change", figures.refresh)
    show_refresh("the same when one's token is revoked", figures.refresh_revoked)
    fact("of it to ask for the head", f"{figures.head * 1e3:.0f} ms of processor: a process, TLS, a signature")


def show_revocation(figures):
    found, hosts = figures.revocation, figures.polls[-1].hosts
    print(f"\na revocation, which {len(found.seen):,} of {hosts:,} hosts have seen")
    fact("hf-tokenctl revoke itself", f"{found.took:.2f} s")
    fact("from its beginning until a host knows", f"p50 {statistics.median(found.seen):.1f} s, p99 "
         f"{found.seen[len(found.seen) * 99 // 100]:.1f} s, the last {found.seen[-1]:.1f} s")
    fact("of that the engine's part", f"p50 {found.asking[0]:.0f} ms, p99 {found.asking[1]:.0f} ms, most "
         f"{found.asking[2]:.0f} ms, for {found.requests} requests; the rest is the minute")
    fact("revoke, and refresh by hand on a host", f"{figures.revoked_in:.2f} s")


# --------------------------------------------------------------------------------------- a larger site

def computed(values):
    """By the line through what was measured at each number of users."""
    return line_through(sorted(values.items()))(USERS)


def seconds_for(costs):
    return computed({count: cost.seconds for count, cost in costs.items()})


def cores_for(figures, rate):
    """What the polls of so many in a second take of the three nodes."""
    points = [(0, figures.idle)] + [(polls.rate, polls.cores) for polls in figures.polls]
    return line_through(points)(rate)


def show_site(figures):
    steady, found = MACHINES / 60, figures.revocation
    busy = steady * found.requests
    memory = computed({count: cost.memory for count, cost in figures.etcd.items()})
    print(f"\ncomputed: {USERS:,} users, {MACHINES:,} machines with {LIVE} of them logged in at each")
    fact("requests at all nodes together", f"{steady:.0f}/s; in the minute behind a change {busy:.0f}/s")
    fact("processor of all nodes together", f"{cores_for(figures, steady):.2f} cores; in that minute "
         f"{figures.idle + busy * found.each:.1f}")
    fact("of each node", f"{computed(figures.etcd_memory):.0f} MiB of memory; database "
         f"{computed(figures.database):.0f} MiB")
    fact("provision", f"{seconds_for(figures.etcd) / 60:.1f} minutes, {memory:.0f} MiB; to a folder "
         f"{seconds_for(figures.folder) / 60:.1f} minutes")
    fact("revocation", f"{found.seen[-1]:.0f} s as here: it is the minute of the timer")


def show(figures):
    print(f"{time.strftime('%Y-%m-%d')}, {machine.named()}, load {figures.load:.1f} at the beginning")
    print("These cores are shared by three nodes of etcd (TLS, client certificates), the administrator and all hosts.\n"
          "etcd and the folder write to memory, so that fsync costs them nothing.")
    show_ratios(figures)
    show_provision(figures)
    show_hosts(figures)
    show_revocation(figures)
    show_site(figures)


# ------------------------------------------------------------------------------------------ the picture

def decades(values):
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10 ** exponent for exponent in range(first, last + 1)]


def panel(title, unit, every):
    points = [point for series in every for point in [*series.points, series.computed]]
    return plot.Panel(title, decades([x for x, _ in points]), decades([y for _, y in points]), unit, every)


def provision_panel(figures):
    def series(name, seconds):
        return plot.Series(name, sorted(seconds.items()), (USERS, computed(seconds)))
    return panel("Provision: seconds by users", "4 recipients for each; hollow points are computed", [
        series("to three nodes of etcd", {count: cost.seconds for count, cost in figures.etcd.items()}),
        series("to a folder", {count: cost.seconds for count, cost in figures.folder.items()}),
        series("libsodium's own part", {count: count * figures.seal for count in figures.etcd})])


def hosts_panel(figures):
    cores = [(polls.hosts, polls.cores * 100) for polls in figures.polls]
    rates = [(polls.hosts, polls.rate) for polls in figures.polls]
    measured = f"each asks once a minute; {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores for all"
    return panel("Refresh: by machines", measured, [
        plot.Series("three nodes of etcd, per cent of a core", cores,
                    (MACHINES, cores_for(figures, MACHINES / 60) * 100)),
        plot.Series("requests in a second", rates, (MACHINES, MACHINES / 60))])


def picture(figures):
    last, polls = max(figures.etcd), figures.polls[-1]
    text = (f"To provision {last:,} users takes {figures.etcd[last].seconds:.1f} s with etcd and "
            f"{figures.folder[last].seconds:.1f} s with a folder; the polls of {polls.hosts:,} machines take "
            f"{polls.cores * 100:.0f} per cent of a core. Measured {time.strftime('%Y-%m-%d')}, {machine.named()}; "
            "the hollow points are computed.")
    return plot.draw([provision_panel(figures), hosts_panel(figures)], text)
