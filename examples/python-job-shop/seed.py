"""Schedules for a job shop, built operation by operation."""


def schedule(jobs):
    """jobs: for each job its operations in order, [machine, minutes]. Returns job numbers in the order in which operations begin.

    Of the operations that could end first somewhere, and those that would compete with it for that machine, the one with the
    highest priority is taken next (after Giffler and Thompson, 1960), so that no machine waits for nothing.
    """
    machines = 1 + max(machine for job in jobs for machine, _ in job)
    free = [0] * machines
    ready = [0] * len(jobs)
    at = [0] * len(jobs)
    rest = [sum(minutes for _, minutes in job) for job in jobs]
    load = [0] * machines
    for job in jobs:
        for machine, minutes in job:
            load[machine] += minutes
    order = []
    for _ in range(sum(len(job) for job in jobs)):
        soonest = None
        where = 0
        for j, job in enumerate(jobs):
            if at[j] == len(job):
                continue
            machine, minutes = job[at[j]]
            end = max(ready[j], free[machine]) + minutes
            if soonest is None or end < soonest:
                soonest = end
                where = machine
        best = None
        highest = 0
        for j, job in enumerate(jobs):
            if at[j] == len(job):
                continue
            machine, minutes = job[at[j]]
            start = max(ready[j], free[machine])
            if machine != where or start >= soonest:
                continue
            after = job[at[j] + 1] if at[j] + 1 < len(job) else None
            value = priority(
                minutes,
                start - free[machine],
                start - ready[j],
                rest[j],
                len(job) - at[j],
                load[machine],
                load[after[0]] if after else 0,
                after[1] if after else 0,
            )
            if best is None or value > highest:
                best = j
                highest = value
        machine, minutes = jobs[best][at[best]]
        end = max(ready[best], free[machine]) + minutes
        free[machine] = end
        ready[best] = end
        rest[best] -= minutes
        load[machine] -= minutes
        at[best] += 1
        order.append(best)
    return order


# EVOLVE-BLOCK-START
def priority(minutes, idle, waited, rest, left, load, next_load, next_minutes):
    """How urgent an operation is.

    minutes: how long it takes; idle: how long its machine would wait for it; waited: how long its job would have waited; rest: minutes
    left in its job, its own among them; left: operations left in its job; load: minutes left on its machine; next_load and
    next_minutes: minutes left on the machine its job goes to next, and how long it will take there.
    """
    return -minutes


# EVOLVE-BLOCK-END
