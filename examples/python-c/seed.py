"""Splits a graph in two so that many edges lead across: Python decides what to try, the kernel in C tries it."""
from array import array

import kernel


def solve(count, edges):
    """edges: a, b, a, b, … for vertices from 0 to count - 1. Returns the side, 0 or 1, of each vertex."""
    neighbours = [[] for _ in range(count)]
    for i in range(0, len(edges), 2):
        neighbours[edges[i]].append(edges[i + 1])
        neighbours[edges[i + 1]].append(edges[i])
    begin = array("i", [0])
    links = array("i")
    for near in neighbours:
        links.extend(near)
        begin.append(len(links))
    side = array("i", [v % 2 for v in range(count)])
    best = array("i", side)
    search(side, best, begin, links)
    return list(best)


# EVOLVE-BLOCK-START
def search(side, best, begin, links):
    """Leaves the best split in `best`. One call of the kernel goes over all vertices `sweeps` times."""
    most = kernel.cut(side, begin, links)
    for step in range(20):
        temperature = 0.1
        kernel.anneal(side, begin, links, temperature, 1, step)
        cut = kernel.cut(side, begin, links)
        if cut > most:
            most = cut
            best[:] = side


# EVOLVE-BLOCK-END
