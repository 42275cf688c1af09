/** One program a language, of the kind people evolve: numbers, lists, loops and choices, with an evolve block. */
import type { Experiment, Language } from '../../../../web/engine/experiment.ts';
import { languageTable } from '../../../../web/engine/syntax/language.ts';
import { experiment as stub } from '../stand-ins.ts';

export interface Sample {
  readonly language: Language;
  readonly path: string;
  readonly text: string;
  /** The same program, laid out otherwise and with other comments. */
  readonly reformatted: (text: string) => string;
  /** A line that does not parse, and the column (from 1) of what is wrong in it. */
  readonly broken: readonly [line: string, column: number];
  /** Independent paths: decisions and functions. */
  readonly cyclomatic: number;
  readonly nesting: number;
}

/** A comment between two tokens means nothing. */
const spread = (text: string): string => text.replaceAll(' + ', '  +   /* and */ ').replaceAll(/\n(?=\n)/g, '\n\n');

const PYTHON = `import math

# EVOLVE-BLOCK-START
def weigh(values, limit):
    total = 0.0
    best = -1.5
    for i in range(len(values)):
        value = values[i] * 0.75
        if value > limit and i > 0:
            total += math.sqrt(abs(value)) + 2.5
        elif value < 0.25:
            total -= value
        else:
            total = total if value > best else best
        best = max(best, value)
    while total > 100.0:
        total = total / 2.0
    return total + best
# EVOLVE-BLOCK-END

def fixed(x):
    return weigh([x, 1.0], 3.0)
`;

const C = `#include <math.h>

#define SCALE 0.75

/* EVOLVE-BLOCK-START */
static double part(double x, int n) {
  return n > 2 ? x * SCALE : x + 1.5;
}

double weigh(const double *values, int count, double limit) {
  double total = 0.0, best = -1.5;
  for (int i = 0; i < count; i++) {
    double value = values[i] * 0.5;
    if (value > limit && i > 0) {
      total += sqrt(fabs(value)) + 2.5;
    } else if (value < 0.25) {
      total -= part(value, i);
    }
    best = fmax(best, value);
  }
  while (total > 100.0) total /= 2.0;
  return total + best;
}
/* EVOLVE-BLOCK-END */

double fixed(double x) {
  double list[2] = {x, 1.0};
  return weigh(list, 2, 3.0);
}
`;

const CPP = `#include <algorithm>
#include <cmath>
#include <vector>

// EVOLVE-BLOCK-START
static double part(double x, int n) { return n > 2 ? x * 0.75 : x + 1.5; }

double weigh(const std::vector<double>& values, double limit) {
  double total = 0.0;
  auto best = -1.5;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i] * 0.5;
    if (value > limit && i > 0) {
      total += std::sqrt(std::fabs(value)) + 2.5;
    } else if (value < 0.25) {
      total -= part(value, 3);
    }
    best = std::fmax(best, value);
  }
  for (double value : values) total += value * 0.125;
  while (total > 100.0) total /= 2.0;
  return total + best;
}
// EVOLVE-BLOCK-END

extern "C" double fixed(double x) { return weigh({x, 1.0}, 3.0); }
`;

const RUST = `const SCALE: f64 = 0.75;

// EVOLVE-BLOCK-START
fn part(x: f64, n: usize) -> f64 {
    if n > 2 { x * SCALE } else { x + 1.5 }
}

pub fn weigh(values: &[f64], limit: f64) -> f64 {
    let mut total = 0.0;
    let mut best: f64 = -1.5;
    for i in 0..values.len() {
        let value = values[i] * 0.5;
        if value > limit && i > 0 {
            total += value.abs().sqrt() + 2.5;
        } else if value < 0.25 {
            total -= part(value, i);
        }
        best = best.max(value);
    }
    while total > 100.0 {
        total /= 2.0;
    }
    total + best
}
// EVOLVE-BLOCK-END

#[no_mangle]
pub extern "C" fn fixed(x: f64) -> f64 {
    weigh(&[x, 1.0], 3.0)
}
`;

const GO = `package main

import "math"

const scale = 0.75

// EVOLVE-BLOCK-START
func part(x float64, n int) float64 {
	if n > 2 {
		return x * scale
	}
	return x + 1.5
}

func weigh(values []float64, limit float64) float64 {
	total, best := 0.0, -1.5
	for i := 0; i < len(values); i++ {
		value := values[i] * 0.5
		if value > limit && i > 0 {
			total += math.Sqrt(math.Abs(value)) + 2.5
		} else if value < 0.25 {
			total -= part(value, i)
		}
		best = math.Max(best, value)
	}
	for total > 100.0 {
		total /= 2.0
	}
	return total + best
}
// EVOLVE-BLOCK-END

func main() {
	println(weigh([]float64{1.0, 2.0}, 3.0))
}
`;

const ZIG = `const scale: f64 = 0.75;

// EVOLVE-BLOCK-START
fn part(x: f64, n: usize) f64 {
    return if (n > 2) x * scale else x + 1.5;
}

fn weigh(values: []const f64, limit: f64) f64 {
    var total: f64 = 0.0;
    var best: f64 = -1.5;
    var i: usize = 0;
    while (i < values.len) : (i += 1) {
        const value = values[i] * 0.5;
        if (value > limit and i > 0) {
            total += @sqrt(@abs(value)) + 2.5;
        } else if (value < 0.25) {
            total -= part(value, i);
        }
        best = @max(best, value);
    }
    while (total > 100.0) {
        total /= 2.0;
    }
    return total + best;
}
// EVOLVE-BLOCK-END

export fn fixed(x: f64) f64 {
    return weigh(&[_]f64{ x, 1.0 }, 3.0);
}
`;

const ASSEMBLYSCRIPT = `const SCALE: f64 = 0.75;

// EVOLVE-BLOCK-START
function part(x: f64, n: i32): f64 {
  return n > 2 ? x * SCALE : x + 1.5;
}

export function weigh(values: Float64Array, limit: f64): f64 {
  let total: f64 = 0.0;
  let best: f64 = -1.5;
  for (let i: i32 = 0; i < values.length; i++) {
    const value = values[i] * 0.5;
    if (value > limit && i > 0) {
      total += Math.sqrt(Math.abs(value)) + 2.5;
    } else if (value < 0.25) {
      total -= part(value, i);
    }
    best = Math.max(best, value);
  }
  while (total > 100.0) total /= 2.0;
  return total + best;
}
// EVOLVE-BLOCK-END

export function fixed(x: f64): f64 {
  const list = new Float64Array(2);
  list[0] = x;
  return weigh(list, 3.0);
}
`;

const WAT = `(module
  (memory (export "memory") 1)
  ;; EVOLVE-BLOCK-START
  (func $part (param $x f64) (param $n i32) (result f64)
    (select
      (f64.mul (local.get $x) (f64.const 0.75))
      (f64.add (local.get $x) (f64.const 1.5))
      (i32.gt_s (local.get $n) (i32.const 2))))

  (func $weigh (export "weigh") (param $at i32) (param $count i32) (param $limit f64) (result f64)
    (local $total f64) (local $best f64) (local $value f64) (local $i i32)
    (local.set $best (f64.const -1.5))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $i) (local.get $count)))
        (local.set $value (f64.mul (f64.load (i32.add (local.get $at) (i32.shl (local.get $i) (i32.const 3)))) (f64.const 0.5)))
        (if (f64.gt (local.get $value) (local.get $limit))
          (then (local.set $total (f64.add (local.get $total) (f64.sqrt (f64.abs (local.get $value))))))
          (else (local.set $total (f64.sub (local.get $total) (call $part (local.get $value) (local.get $i))))))
        (local.set $best (f64.max (local.get $best) (local.get $value)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (f64.add (local.get $total) (local.get $best)))
  ;; EVOLVE-BLOCK-END
  (func (export "fixed") (param $x f64) (result f64)
    (call $part (local.get $x) (i32.const 3))))
`;

export const SAMPLES: readonly Sample[] = [
  {
    ...{ language: 'python', path: 'weigh.py', text: PYTHON, cyclomatic: 8, nesting: 3 },
    reformatted: (text) =>
      text.replaceAll(' + ', '  +  ').replaceAll('\n\n', '\n\n# more\n\n').replaceAll('0.75', '.75'),
    broken: ['    total = 1 +* 2', 5],
  },
  {
    ...{ language: 'c', path: 'weigh.c', text: C, cyclomatic: 9, nesting: 2 },
    reformatted: spread,
    broken: ['int broken(void) { return 1 +; }', 30],
  },
  {
    ...{ language: 'cpp', path: 'weigh.cpp', text: CPP, cyclomatic: 10, nesting: 2 },
    reformatted: spread,
    broken: ['int broken() { return 1 +; }', 26],
  },
  {
    ...{ language: 'rust', path: 'weigh.rs', text: RUST, cyclomatic: 9, nesting: 2 },
    reformatted: spread,
    broken: ['fn broken() -> i32 { 1 + }', 25],
  },
  {
    ...{ language: 'go', path: 'weigh.go', text: GO, cyclomatic: 9, nesting: 2 },
    reformatted: (text) => text.replaceAll(' + ', '  +   /* and */ '),
    broken: ['func broken() int { return 1 + }', 30],
  },
  {
    ...{ language: 'zig', path: 'weigh.zig', text: ZIG, cyclomatic: 9, nesting: 2 },
    reformatted: (text) => text.replaceAll(' + ', '   + ').replaceAll('\n\n', '\n\n// more\n\n'),
    broken: ['fn broken() i32 { return 1 +; }', 28],
  },
  {
    ...{ language: 'assemblyscript', path: 'weigh.ts', text: ASSEMBLYSCRIPT, cyclomatic: 9, nesting: 2 },
    reformatted: spread,
    broken: ['function broken(): i32 { return 1 +; }', 36],
  },
  {
    ...{ language: 'wat', path: 'weigh.wat', text: WAT, cyclomatic: 5, nesting: 2 },
    reformatted: (text) => text.replaceAll('(f64.add ', '(f64.add (; and ;)\n      ').replaceAll('0.75', '7.5e-1'),
    broken: ['(func (f64.add (f64.const 1) ]]))', 30],
  },
];

/** An experiment of that program and its language's own words. */
export function experimentFor({ language, path, text }: Sample): Experiment {
  const base = stub();
  const { vocabulary } = base.strategy;
  return {
    ...base,
    language,
    files: { [path]: text },
    entry: path,
    strategy: {
      ...base.strategy,
      vocabulary: { ...vocabulary, ...languageTable(language).vocabulary, leaves: [], blocks: [] },
    },
  };
}
