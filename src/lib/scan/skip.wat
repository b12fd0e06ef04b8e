;; Finds where a JSON object or array ends, sixteen bytes at a time. The twin of PlainSkipper in skipper.ts, which says
;; what is checked on the way; wasm-skipper.ts drives it. The state of a container that is not closed yet is kept from
;; one call to the next, so a document can come in pieces of any size.
;;
;; Memory: [0, 10000) one byte for each open bracket; from 16384 on the piece being read, with 16 bytes to spare.
(module
  (memory (export "memory") 6)

  (global $max_depth i32 (i32.const 10000))
  (global $depth (mut i32) (i32.const 0))
  ;; All ones between an opening quote and its closing one.
  (global $in_string (mut i32) (i32.const 0))
  ;; 1 where the next byte stands behind a backslash.
  (global $escaped (mut i32) (i32.const 0))
  ;; After a fault: where it is.
  (global $fault_at (export "faultAt") (mut i32) (i32.const 0))

  ;; Begins inside a container that $bracket has opened.
  (func (export "open") (param $bracket i32)
    (i32.store8 (i32.const 0) (local.get $bracket))
    (global.set $depth (i32.const 1))
    (global.set $in_string (i32.const 0))
    (global.set $escaped (i32.const 0)))

  (func $fail (param $at i32) (result i32)
    (global.set $fault_at (local.get $at))
    (i32.const -2))

  ;; Reads [$at, $end). Returns the address behind the closing bracket, -1 where the piece ends before it, -2 on a fault.
  (func (export "skip") (param $at i32) (param $end i32) (result i32)
    (local $bytes v128)
    (local $valid i32) (local $width i32)
    (local $quotes i32) (local $slashes i32) (local $escapers i32) (local $escapes i32) (local $low i32)
    (local $strings i32) (local $faults i32) (local $brackets i32)
    (local $here i32) (local $byte i32)

    (loop $block
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const -1))))
      (local.set $width (i32.sub (local.get $end) (local.get $at)))
      (if (i32.gt_u (local.get $width) (i32.const 16)) (then (local.set $width (i32.const 16))))
      (local.set $valid (i32.sub (i32.shl (i32.const 1) (local.get $width)) (i32.const 1)))
      (local.set $bytes (v128.load (local.get $at)))

      ;; A mask has a bit for each of the sixteen bytes, the first byte's lowest.
      (local.set $quotes (i32.and (local.get $valid)
        (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x22))))))
      (local.set $slashes (i32.and (local.get $valid)
        (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x5c))))))

      ;; Escaped bytes: walk the backslashes that are not escaped themselves.
      (if (i32.or (local.get $slashes) (global.get $escaped))
        (then
          (local.set $escapes (global.get $escaped))
          (local.set $escapers (i32.and (local.get $slashes) (i32.xor (local.get $escapes) (i32.const -1))))
          (block $walked
            (loop $walk
              (br_if $walked (i32.eqz (local.get $escapers)))
              (local.set $low (i32.and (local.get $escapers) (i32.sub (i32.const 0) (local.get $escapers))))
              (local.set $escapes (i32.or (local.get $escapes) (i32.shl (local.get $low) (i32.const 1))))
              (local.set $escapers (i32.and (local.get $escapers)
                (i32.xor (i32.mul (local.get $low) (i32.const 3)) (i32.const -1))))
              (br $walk)))
          (local.set $quotes (i32.and (local.get $quotes) (i32.xor (local.get $escapes) (i32.const -1))))
          (global.set $escaped (i32.and (i32.shr_u (local.get $escapes) (local.get $width)) (i32.const 1)))))

      ;; Inside strings: a bit is set where the number of quotes up to it is odd.
      (local.set $strings (local.get $quotes))
      (if (local.get $quotes)
        (then
          (local.set $strings (i32.xor (local.get $strings) (i32.shl (local.get $strings) (i32.const 1))))
          (local.set $strings (i32.xor (local.get $strings) (i32.shl (local.get $strings) (i32.const 2))))
          (local.set $strings (i32.xor (local.get $strings) (i32.shl (local.get $strings) (i32.const 4))))
          (local.set $strings (i32.xor (local.get $strings) (i32.shl (local.get $strings) (i32.const 8))))))
      (local.set $strings (i32.xor (local.get $strings) (global.get $in_string)))
      (global.set $in_string
        (i32.shr_s (i32.shl (local.get $strings) (i32.const 16)) (i32.const 31)))

      ;; Faults: control characters in strings, backslashes outside of them.
      (local.set $faults (i32.or
        (i32.and (local.get $slashes) (i32.xor (local.get $strings) (i32.const -1)))
        (i32.and (i32.and (local.get $valid) (local.get $strings))
          (i8x16.bitmask (i8x16.lt_u (local.get $bytes) (i8x16.splat (i32.const 0x20)))))))
      ;; Brackets outside of strings and before the first fault: 0x5b and 0x7b open, 0x5d and 0x7d close.
      (local.set $brackets (i32.and
        (i32.and (i32.and (local.get $valid) (i32.xor (local.get $strings) (i32.const -1)))
          (i32.sub (i32.and (local.get $faults) (i32.sub (i32.const 0) (local.get $faults))) (i32.const 1)))
        (i8x16.bitmask (v128.or
          (i8x16.eq (v128.or (local.get $bytes) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7b)))
          (i8x16.eq (v128.or (local.get $bytes) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7d)))))))

      (block $matched
        (loop $match
          (br_if $matched (i32.eqz (local.get $brackets)))
          (local.set $here (i32.add (local.get $at) (i32.ctz (local.get $brackets))))
          (local.set $brackets (i32.and (local.get $brackets) (i32.sub (local.get $brackets) (i32.const 1))))
          (local.set $byte (i32.load8_u (local.get $here)))
          (if (i32.and (local.get $byte) (i32.const 4))
            (then
              (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
              (if (i32.ne (local.get $byte) (i32.add (i32.load8_u (global.get $depth)) (i32.const 2)))
                (then (return (call $fail (local.get $here)))))
              (if (i32.eqz (global.get $depth)) (then (return (i32.add (local.get $here) (i32.const 1))))))
            (else
              (if (i32.eq (global.get $depth) (global.get $max_depth))
                (then (return (call $fail (local.get $here)))))
              (i32.store8 (global.get $depth) (local.get $byte))
              (global.set $depth (i32.add (global.get $depth) (i32.const 1)))))
          (br $match)))

      (if (local.get $faults)
        (then (return (call $fail (i32.add (local.get $at) (i32.ctz (local.get $faults)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $block))
    (unreachable)))
