/** The same small program in every language: a first guess at a curve, to be changed. */
import type { Language } from '../../engine/experiment.ts';

export const SEEDS: Readonly<Record<Language, string>> = {
  javascript: `// EVOLVE-BLOCK-START
export function curve(x) {
  const slope = 0.5;
  return slope * x + 0.2;
}
// EVOLVE-BLOCK-END
`,
  typescript: `// EVOLVE-BLOCK-START
export function curve(x: number): number {
  const slope = 0.5;
  return slope * x + 0.2;
}
// EVOLVE-BLOCK-END
`,
  python: `# EVOLVE-BLOCK-START
def curve(x):
    slope = 0.5
    return slope * x + 0.2
# EVOLVE-BLOCK-END
`,
  c: `// EVOLVE-BLOCK-START
__attribute__((export_name("curve"))) double curve(double x) {
  double slope = 0.5;
  return slope * x + 0.2;
}
// EVOLVE-BLOCK-END
`,
  cpp: `// EVOLVE-BLOCK-START
extern "C" __attribute__((export_name("curve"))) double curve(double x) {
  double slope = 0.5;
  return slope * x + 0.2;
}
// EVOLVE-BLOCK-END
`,
  assemblyscript: `// EVOLVE-BLOCK-START
export function curve(x: f64): f64 {
  const slope: f64 = 0.5;
  return slope * x + 0.2;
}
// EVOLVE-BLOCK-END
`,
  wat: `(module
  ;; EVOLVE-BLOCK-START
  (func (export "curve") (param $x f64) (result f64)
    (f64.add
      (f64.mul (local.get $x) (f64.const 0.5))
      (f64.const 0.2)))
  ;; EVOLVE-BLOCK-END
)
`,
  rust: `// EVOLVE-BLOCK-START
#[no_mangle]
pub extern "C" fn curve(x: f64) -> f64 {
    let slope = 0.5;
    slope * x + 0.2
}
// EVOLVE-BLOCK-END
`,
  go: `package main

// EVOLVE-BLOCK-START
//go:wasmexport curve
func curve(x float64) float64 {
	slope := 0.5
	return slope*x + 0.2
}
// EVOLVE-BLOCK-END

func main() {}
`,
  zig: `// EVOLVE-BLOCK-START
export fn curve(x: f64) f64 {
    const slope: f64 = 0.5;
    return slope * x + 0.2;
}
// EVOLVE-BLOCK-END
`,
};

/** Python that leaves the inner work to C: `import kernel` finds kernel.c, compiled. */
export const PYTHON_WITH_C = {
  python: `import kernel

# EVOLVE-BLOCK-START
def curve(x):
    return kernel.rise(x) + 0.2
# EVOLVE-BLOCK-END
`,
  c: `// EVOLVE-BLOCK-START
__attribute__((export_name("rise"))) double rise(double x) {
  double slope = 0.5;
  return slope * x;
}
// EVOLVE-BLOCK-END
`,
};
