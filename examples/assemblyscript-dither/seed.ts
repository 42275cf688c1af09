/** Rows of what earlier pixels passed on, two at a time, with a margin of two on each side. */
const ROW = 256 + 4;
const passed: usize = memory.data(4 * 2 * ROW);

/** Passes `share` of an error on to the pixel `dx` to the right, `dy` rows down (0 or 1). */
function pass(x: i32, y: i32, dx: i32, dy: i32, share: f32): void {
  const at = passed + 4 * <usize>(((y + dy) & 1) * ROW + x + dx + 2);
  store<f32>(at, load<f32>(at) + share);
}

/** Turns a grey picture of at most 256 columns, a byte a pixel, into black (0) and white (255) where it lies. */
export function dither(pixels: usize, count: i32, width: i32): void {
  memory.fill(passed, 0, 4 * 2 * ROW);
  for (let y = 0; y * width < count; y++) {
    for (let x = 0; x < width; x++) {
      const place = pixels + <usize>(y * width + x);
      const grey = <f32>load<u8>(place);
      const from = passed + 4 * <usize>((y & 1) * ROW + x + 2);
      const white = shown(grey, load<f32>(from), x, y);
      spread(grey + load<f32>(from) - (white ? 255 : 0), x, y);
      store<u8>(place, white ? 255 : 0);
    }
    // The row that is done becomes the next but one.
    memory.fill(passed + 4 * <usize>((y & 1) * ROW), 0, 4 * ROW);
  }
}

// EVOLVE-BLOCK-START
/** Whether a pixel becomes white; `error` is what its neighbours have passed on to it. */
function shown(grey: f32, error: f32, x: i32, y: i32): bool {
  return grey + error > 128;
}

/** What becomes of the difference between what a pixel should have been and what it is. */
function spread(error: f32, x: i32, y: i32): void {
  pass(x, y, 1, 0, error * 0.5);
  pass(x, y, -1, 1, error * 0.0);
  pass(x, y, 0, 1, error * 0.0);
  pass(x, y, 1, 1, error * 0.0);
}
// EVOLVE-BLOCK-END
