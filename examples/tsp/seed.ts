/**
 * A round tour through cities x, y, x, y, …: it starts at city 0 and goes on to the city that `priority` likes best. Of equals the
 * first is taken, and a priority that is not a number is the worst of all.
 */
export function tour(cities: Float64Array): number[] {
  const count = cities.length / 2;
  const distances = matrix(cities, count);
  /** Sum of the distances to all unvisited cities. */
  const sums = new Float64Array(count);
  const nearest = new Int32Array(count).fill(-1);
  const visited = new Uint8Array(count);
  const order = [0];
  visited[0] = 1;
  for (let i = 0; i < count; i++) {
    for (let j = 1; j < count; j++) sums[i]! += distances[i * count + j]!;
  }
  let here = 0;
  for (let left = count - 1; left > 0; left--) {
    let best = -1;
    let highest = -Infinity;
    for (let city = 1; city < count; city++) {
      if (visited[city] === 1) continue;
      let near = nearest[city]!;
      if (near < 0 || visited[near] === 1) {
        near = nearestUnvisited(distances, visited, city, count);
        nearest[city] = near;
      }
      const value = priority(
        distances[here * count + city]!,
        distances[city * count]!,
        left > 1 ? sums[city]! / (left - 1) : 0,
        near < 0 ? 0 : distances[city * count + near]!,
        distances[here * count]!,
        1 - left / count,
      );
      if (best < 0 || value > highest || (value === value && highest !== highest)) {
        best = city;
        highest = value;
      }
    }
    here = best;
    visited[here] = 1;
    order.push(here);
    for (let city = 1; city < count; city++) sums[city]! -= distances[city * count + here]!;
  }
  return order;
}

function matrix(cities: Float64Array, count: number): Float64Array {
  const distances = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const dx = cities[2 * i]! - cities[2 * j]!;
      const dy = cities[2 * i + 1]! - cities[2 * j + 1]!;
      const distance = Math.sqrt(dx * dx + dy * dy);
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  }
  return distances;
}

/** −1 where there is none. */
function nearestUnvisited(distances: Float64Array, visited: Uint8Array, city: number, count: number): number {
  let near = -1;
  for (let other = 1; other < count; other++) {
    if (other === city || visited[other] === 1) continue;
    if (near < 0 || distances[city * count + other]! < distances[city * count + near]!) near = other;
  }
  return near;
}

// EVOLVE-BLOCK-START
/**
 * How good it is to go to a city next; the map's side is 1.
 * distance: from here to the city; home: from the city to the start; rest: mean from the city to the other unvisited ones;
 * nearest: from the city to the nearest of those; back: from here to the start; share: how much of the tour is done, 0 to 1.
 */
function priority(distance: number, home: number, rest: number, nearest: number, back: number, share: number): number {
  return -distance;
}
// EVOLVE-BLOCK-END
