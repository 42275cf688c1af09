/** Motion search, as in video compression: where in a picture does a block of it come from? */
#include <cstdint>
#include <cstdlib>

constexpr int SIDE = 16;

// EVOLVE-BLOCK-START
/** Sum of the absolute differences between the block and what lies at `place`. */
static int difference(const uint8_t *place, int width, const uint8_t *block) {
  int sum = 0;
  for (int y = 0; y < SIDE; y++) {
    for (int x = 0; x < SIDE; x++) sum += std::abs(place[y * width + x] - block[y * SIDE + x]);
  }
  return sum;
}

/** The place of the least difference, the first of equals, reading from the top left, as its number in the picture. */
static int closest(const uint8_t *picture, int width, int height, const uint8_t *block) {
  int best = 0;
  int least = INT32_MAX;
  for (int y = 0; y + SIDE <= height; y++) {
    for (int x = 0; x + SIDE <= width; x++) {
      const int sum = difference(picture + y * width + x, width, block);
      if (sum < least) {
        least = sum;
        best = y * width + x;
      }
    }
  }
  return best;
}
// EVOLVE-BLOCK-END

/** `picture`: a byte a pixel, row by row; `block`: 16 by 16 pixels. */
extern "C" int search(const uint8_t *picture, int pixels, const uint8_t *block, int, int width) {
  return closest(picture, width, pixels / width, block);
}
