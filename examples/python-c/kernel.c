/** What is done often enough to be written in C. Neighbours of vertex v: links[begin[v]] to links[begin[v + 1] - 1]. */
#include <math.h>

static unsigned state;

/** From 0 to less than 1. */
static double chance(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state / 4294967296.0;
}

// EVOLVE-BLOCK-START
/** Goes over all vertices once. One changes sides where that wins edges, and by chance where it loses few. */
static void sweep(int *side, int count, const int *begin, const int *links, double temperature) {
  for (int v = 0; v < count; v++) {
    int gain = 0;
    for (int i = begin[v]; i < begin[v + 1]; i++) gain += side[links[i]] == side[v] ? 1 : -1;
    if (gain > 0 || (temperature > 0 && chance() < exp(gain / temperature))) side[v] = 1 - side[v];
  }
}
// EVOLVE-BLOCK-END

/** Python passes arrays; each comes as where it lies and how many elements it has. */
void anneal(int *side, int count, const int *begin, int begins, const int *links, int ends, double temperature, int sweeps,
            int seed) {
  state = 2654435769u * (seed + 1);
  for (int i = 0; i < sweeps; i++) sweep(side, count, begin, links, temperature);
}

/** Edges between the sides. */
int cut(const int *side, int count, const int *begin, int begins, const int *links, int ends) {
  int across = 0;
  for (int v = 0; v < count; v++) {
    for (int i = begin[v]; i < begin[v + 1]; i++) across += side[links[i]] != side[v];
  }
  return across / 2;
}
