/** The priority of every pair of an item and a bin it fits in, at `item * (capacity + 1) + space`. */
export function priorities(capacity) {
  const table = new Float64Array((capacity + 1) * (capacity + 1));
  for (let item = 1; item <= capacity; item++) {
    for (let space = item; space <= capacity; space++) {
      table[item * (capacity + 1) + space] = priority(item, space, capacity);
    }
  }
  return table;
}

// EVOLVE-BLOCK-START
/** The bin with the highest priority gets the item. An empty bin has space === capacity. */
function priority(item, space, capacity) {
  return space;
}
// EVOLVE-BLOCK-END
