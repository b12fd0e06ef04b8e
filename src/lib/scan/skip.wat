;; Finds where a JSON object or array ends, 64 bytes at a time. The twin of PlainSkipper in skipper.ts, which says
;; what is checked on the way; wasm-skipper.ts drives it. The state of a container that is not closed yet is kept from
;; one call to the next, so a document can come in pieces of any size.
;;
;; On the way it looks at the names of members: those of the key table are told. A name is known by the eight bytes in
;; front of its closing quote, so a longer name with the same end is told, too: the caller looks again. Some keys only
;; set $seen; the values of the others, where they are containers, are reported as cuts.
;;
;; Memory: [0, 10000) one byte for each open bracket; from 10240 on the key table, 64 places of sixteen bytes, each with
;; the eight bytes that a name ends with, or zeros, and 1 where the name sets $seen; a key stands in the place that its
;; hash names or the next free one. From 11264 on 256 bytes: 1 where a key's last four bytes have this hash, so that most
;; names are told by one look. From 12288 on the cuts, four bytes each: addresses of a container's first byte and
;; of its closing bracket in turn; from 16384 on the piece being read, with 64 bytes to spare, and in
;; front of it the last nine bytes of the one before, for a name that is in both.
(module
  (memory (export "memory") 6)

  ;; 1 where the key table has keys.
  (global $keys (export "keys") (mut i32) (i32.const 0))
  ;; 1 where a key that sets it was met since "open".
  (global $seen (export "seen") (mut i32) (i32.const 0))
  ;; How many addresses stand in the cuts; the caller sets it back.
  (global $cuts (export "cuts") (mut i32) (i32.const 0))
  (global $most_cuts i32 (i32.const 1000))
  ;; Depth inside the container being cut; 0 where none is.
  (global $cut_depth (mut i32) (i32.const 0))
  ;; Where the bracket of a container to cut is expected.
  (global $armed (mut i32) (i32.const 0))

  (global $max_depth i32 (i32.const 10000))
  (global $depth (mut i32) (i32.const 0))
  ;; All ones between an opening quote and its closing one.
  (global $in_string (mut i64) (i64.const 0))
  ;; 1 where the next byte stands behind a backslash.
  (global $escaped (mut i64) (i64.const 0))
  ;; 1 where the piece before ended with a string's closing quote.
  (global $closed (mut i32) (i32.const 0))
  ;; After a fault: where it is.
  (global $fault_at (export "faultAt") (mut i32) (i32.const 0))

  ;; Begins inside a container that $bracket has opened.
  (func (export "open") (param $bracket i32)
    (i32.store8 (i32.const 0) (local.get $bracket))
    (global.set $depth (i32.const 1))
    (global.set $in_string (i64.const 0))
    (global.set $escaped (i64.const 0))
    (global.set $seen (i32.const 0))
    (global.set $cut_depth (i32.const 0))
    (global.set $armed (i32.const 0))
    (global.set $closed (i32.const 0)))

  (func $fail (param $at i32) (result i32)
    (global.set $fault_at (local.get $at))
    (i32.const -2))

  (func $report (param $address i32)
    (i32.store (i32.add (i32.const 12288) (i32.shl (global.get $cuts) (i32.const 2))) (local.get $address))
    (global.set $cuts (i32.add (global.get $cuts) (i32.const 1))))

  ;; A member's name ends with the quote at $quote, before $end. Its value is cut where the table says so.
  (func $name (param $quote i32) (param $end i32)
    (local $tail i64) (local $place i32) (local $at i32)
    (local.set $tail (i64.load (i32.sub (local.get $quote) (i32.const 8))))
    (local.set $place (i32.shr_u (i32.mul (i32.const 0x9e3779b1)
      (i32.xor (i32.wrap_i64 (local.get $tail)) (i32.wrap_i64 (i64.shr_u (local.get $tail) (i64.const 32)))))
      (i32.const 26)))
    (block $known
      (loop $try
        (local.set $at (i32.add (i32.const 10240) (i32.shl (local.get $place) (i32.const 4))))
        (if (i64.eqz (i64.load (local.get $at))) (then (return)))
        (br_if $known (i64.eq (i64.load (local.get $at)) (local.get $tail)))
        (local.set $place (i32.and (i32.add (local.get $place) (i32.const 1)) (i32.const 63)))
        (br $try)))
    (if (i32.load8_u offset=8 (local.get $at))
      (then (global.set $seen (i32.const 1)) (return)))
    (if (i32.or (global.get $cut_depth) (i32.ge_u (global.get $cuts) (global.get $most_cuts))) (then (return)))
    ;; Behind the colon, and a blank where the document is laid out, stands the bracket; 0x5b and 0x7b open.
    (local.set $at (i32.add (local.get $quote) (i32.const 2)))
    (if (i32.ge_u (local.get $at) (local.get $end)) (then (return)))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x20))
      (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))
    (if (i32.eq (i32.or (i32.load8_u (local.get $at)) (i32.const 0x20)) (i32.const 0x7b))
      (then (global.set $armed (local.get $at)))))

  ;; Reads [$at, $end). Returns the address behind the closing bracket, -1 where the piece ends before it, -2 on a fault.
  ;; A mask has a bit for each of the 64 bytes at hand, the first byte's lowest.
  (func (export "skip") (param $at i32) (param $end i32) (result i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $width i32) (local $valid i64) (local $last i64)
    (local $quotes i64) (local $slashes i64) (local $escapers i64) (local $escapes i64) (local $low i64)
    (local $strings i64) (local $faults i64) (local $names i64) (local $events i64)
    (local $here i32) (local $byte i32)

    (global.set $armed (i32.const 0))
    (if (i32.and (global.get $closed) (i32.lt_u (local.get $at) (local.get $end)))
      (then
        (global.set $closed (i32.const 0))
        (if (i32.and (global.get $keys) (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x3a)))
          (then (call $name (i32.sub (local.get $at) (i32.const 1)) (local.get $end))))))
    (loop $block
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const -1))))
      (local.set $width (i32.sub (local.get $end) (local.get $at)))
      (local.set $valid (i64.const -1))
      (local.set $last (i64.const 0))
      ;; The piece's last bytes: what stands behind them is the next piece's.
      (if (i32.le_u (local.get $width) (i32.const 64))
        (then
          (local.set $last (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (local.get $width) (i32.const 1)))))
          (local.set $valid (i64.or (local.get $last) (i64.sub (local.get $last) (i64.const 1)))))
        (else (local.set $width (i32.const 64))))
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=16 (local.get $at)))
      (local.set $c (v128.load offset=32 (local.get $at)))
      (local.set $d (v128.load offset=48 (local.get $at)))

      (local.set $quotes (i64.and (local.get $valid)
        (i64.or
          (i64.or (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (i8x16.splat (i32.const 0x22)))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (i8x16.splat (i32.const 0x22))))) (i64.const 16)))
          (i64.or (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $c) (i8x16.splat (i32.const 0x22))))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $d) (i8x16.splat (i32.const 0x22))))) (i64.const 48))))))
      (local.set $slashes (i64.const 0))
      (if (v128.any_true (v128.or
          (v128.or (i8x16.eq (local.get $a) (i8x16.splat (i32.const 0x5c))) (i8x16.eq (local.get $b) (i8x16.splat (i32.const 0x5c))))
          (v128.or (i8x16.eq (local.get $c) (i8x16.splat (i32.const 0x5c))) (i8x16.eq (local.get $d) (i8x16.splat (i32.const 0x5c))))))
        (then (local.set $slashes (i64.and (local.get $valid)
        (i64.or
          (i64.or (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (i8x16.splat (i32.const 0x5c)))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (i8x16.splat (i32.const 0x5c))))) (i64.const 16)))
          (i64.or (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $c) (i8x16.splat (i32.const 0x5c))))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $d) (i8x16.splat (i32.const 0x5c))))) (i64.const 48))))))))

      ;; Escaped bytes: walk the backslashes that are not escaped themselves.
      (if (i32.eqz (i64.eqz (i64.or (local.get $slashes) (global.get $escaped))))
        (then
          (local.set $escapes (global.get $escaped))
          (global.set $escaped (i64.const 0))
          (local.set $escapers (i64.and (local.get $slashes) (i64.xor (local.get $escapes) (i64.const -1))))
          (block $walked
            (loop $walk
              (br_if $walked (i64.eqz (local.get $escapers)))
              (local.set $low (i64.and (local.get $escapers) (i64.sub (i64.const 0) (local.get $escapers))))
              (local.set $escapes (i64.or (local.get $escapes) (i64.shl (local.get $low) (i64.const 1))))
              (if (i64.eq (local.get $low) (i64.shl (i64.const 1)
                    (i64.extend_i32_u (i32.sub (local.get $width) (i32.const 1)))))
                (then (global.set $escaped (i64.const 1))))
              (local.set $escapers (i64.and (local.get $escapers)
                (i64.xor (i64.mul (local.get $low) (i64.const 3)) (i64.const -1))))
              (br $walk)))
          (local.set $quotes (i64.and (local.get $quotes) (i64.xor (local.get $escapes) (i64.const -1))))))

      ;; Inside strings: a bit is set where the number of quotes up to it is odd.
      (local.set $strings (local.get $quotes))
      (if (i32.eqz (i64.eqz (local.get $quotes)))
        (then
          (local.set $strings (i64.xor (local.get $strings) (i64.shl (local.get $strings) (i64.const 1))))
          (local.set $strings (i64.xor (local.get $strings) (i64.shl (local.get $strings) (i64.const 2))))
          (local.set $strings (i64.xor (local.get $strings) (i64.shl (local.get $strings) (i64.const 4))))
          (local.set $strings (i64.xor (local.get $strings) (i64.shl (local.get $strings) (i64.const 8))))
          (local.set $strings (i64.xor (local.get $strings) (i64.shl (local.get $strings) (i64.const 16))))
          (local.set $strings (i64.xor (local.get $strings) (i64.shl (local.get $strings) (i64.const 32))))))
      (local.set $strings (i64.xor (local.get $strings) (global.get $in_string)))
      (global.set $in_string (i64.shr_s (local.get $strings) (i64.const 63)))

      ;; Faults: control characters in strings, backslashes outside of them.
      (local.set $faults (i64.and (local.get $slashes) (i64.xor (local.get $strings) (i64.const -1))))
      (if (v128.any_true (v128.or
          (v128.or (i8x16.lt_u (local.get $a) (i8x16.splat (i32.const 0x20))) (i8x16.lt_u (local.get $b) (i8x16.splat (i32.const 0x20))))
          (v128.or (i8x16.lt_u (local.get $c) (i8x16.splat (i32.const 0x20))) (i8x16.lt_u (local.get $d) (i8x16.splat (i32.const 0x20))))))
        (then (local.set $faults (i64.or (local.get $faults) (i64.and (i64.and (local.get $valid) (local.get $strings))
        (i64.or
          (i64.or (i64.extend_i32_u (i8x16.bitmask (i8x16.lt_u (local.get $a) (i8x16.splat (i32.const 0x20)))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.lt_u (local.get $b) (i8x16.splat (i32.const 0x20))))) (i64.const 16)))
          (i64.or (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.lt_u (local.get $c) (i8x16.splat (i32.const 0x20))))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.lt_u (local.get $d) (i8x16.splat (i32.const 0x20))))) (i64.const 48)))))))))

      ;; Names: closing quotes with a colon behind them.
      (if (global.get $keys)
        (then
          (local.set $names (i64.and (local.get $quotes) (i64.xor (local.get $strings) (i64.const -1))))
          (if (i32.eqz (i64.eqz (local.get $last)))
            (then
              (global.set $closed (i32.eqz (i64.eqz (i64.and (local.get $names) (local.get $last)))))
              (local.set $names (i64.and (local.get $names) (i64.xor (local.get $last) (i64.const -1))))))
          (local.set $names (i64.and (local.get $names) (i64.or
            (i64.shl (i64.extend_i32_u (i32.eq (i32.load8_u offset=64 (local.get $at)) (i32.const 0x3a))) (i64.const 63))
            (i64.shr_u
        (i64.or
          (i64.or (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (i8x16.splat (i32.const 0x3a)))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (i8x16.splat (i32.const 0x3a))))) (i64.const 16)))
          (i64.or (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $c) (i8x16.splat (i32.const 0x3a))))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $d) (i8x16.splat (i32.const 0x3a))))) (i64.const 48))))
              (i64.const 1)))))))

      ;; What happens before the first fault, in turn: names, and brackets outside of strings, of which 0x5b and 0x7b open
      ;; and 0x5d and 0x7d close.
      (local.set $events (i64.and
        (i64.sub (i64.and (local.get $faults) (i64.sub (i64.const 0) (local.get $faults))) (i64.const 1))
        (i64.or (local.get $names)
          (i64.and (i64.and (local.get $valid) (i64.xor (local.get $strings) (i64.const -1)))
        (i64.or
          (i64.or (i64.extend_i32_u (i8x16.bitmask (v128.or (i8x16.eq (v128.or (local.get $a) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7b))) (i8x16.eq (v128.or (local.get $a) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7d))))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (v128.or (i8x16.eq (v128.or (local.get $b) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7b))) (i8x16.eq (v128.or (local.get $b) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7d)))))) (i64.const 16)))
          (i64.or (i64.shl (i64.extend_i32_u (i8x16.bitmask (v128.or (i8x16.eq (v128.or (local.get $c) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7b))) (i8x16.eq (v128.or (local.get $c) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7d)))))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (v128.or (i8x16.eq (v128.or (local.get $d) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7b))) (i8x16.eq (v128.or (local.get $d) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x7d)))))) (i64.const 48))))))))
      (block $matched
        (loop $match
          (br_if $matched (i64.eqz (local.get $events)))
          (local.set $here (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $events)))))
          (local.set $events (i64.and (local.get $events) (i64.sub (local.get $events) (i64.const 1))))
          (local.set $byte (i32.load8_u (local.get $here)))
          (if (i32.eq (local.get $byte) (i32.const 0x22))
            (then
              (if (i32.load8_u offset=11264 (i32.shr_u (i32.mul (i32.const 0x9e3779b1)
                    (i32.load (i32.sub (local.get $here) (i32.const 4)))) (i32.const 24)))
                (then (call $name (local.get $here) (local.get $end))))
              (br $match)))
          (if (i32.and (local.get $byte) (i32.const 4))
            (then
              (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
              (if (i32.ne (local.get $byte) (i32.add (i32.load8_u (global.get $depth)) (i32.const 2)))
                (then (return (call $fail (local.get $here)))))
              (if (i32.eqz (global.get $depth)) (then (return (i32.add (local.get $here) (i32.const 1)))))
              (if (i32.eq (global.get $cut_depth) (i32.add (global.get $depth) (i32.const 1)))
                (then (call $report (local.get $here)) (global.set $cut_depth (i32.const 0)))))
            (else
              (if (i32.eq (global.get $depth) (global.get $max_depth))
                (then (return (call $fail (local.get $here)))))
              (i32.store8 (global.get $depth) (local.get $byte))
              (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
              (if (i32.and (i32.eq (local.get $here) (global.get $armed)) (i32.eqz (global.get $cut_depth)))
                (then
                  (call $report (i32.add (local.get $here) (i32.const 1)))
                  (global.set $cut_depth (global.get $depth))))))
          (br $match)))

      (if (i32.eqz (i64.eqz (local.get $faults)))
        (then (return (call $fail (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $faults))))))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br $block))
    (unreachable)))
