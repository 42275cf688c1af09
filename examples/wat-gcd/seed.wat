(module
  ;; The greatest common divisor of two numbers from 1 to 2^31 - 1.
  ;; EVOLVE-BLOCK-START
  (func (export "gcd") (param $a i32) (param $b i32) (result i32)
    (block $done
      (loop $again
        (br_if $done (i32.eq (local.get $a) (local.get $b)))
        (if (i32.gt_u (local.get $a) (local.get $b))
          (then (local.set $a (i32.sub (local.get $a) (local.get $b))))
          (else (local.set $b (i32.sub (local.get $b) (local.get $a)))))
        (br $again)))
    (local.get $a))
  ;; EVOLVE-BLOCK-END
)
