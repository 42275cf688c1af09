(module
  ;; EVOLVE-BLOCK-START
  ;; The greatest common divisor of two numbers from 1 to 100,000.
  (func (export "gcd") (param $a i32) (param $b i32) (result i32)
    (local $rest i32)
    (loop $again
      ;; What is left of a when b is taken away as often as can be.
      (local.set $rest (local.get $a))
      (block $small
        (loop $less
          (br_if $small (i32.lt_u (local.get $rest) (local.get $b)))
          (local.set $rest (i32.sub (local.get $rest) (local.get $b)))
          (br $less)))
      (local.set $a (local.get $b))
      (local.set $b (local.get $rest))
      (br_if $again (local.get $b)))
    (local.get $a))
  ;; EVOLVE-BLOCK-END
)
