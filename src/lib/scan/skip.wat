;; Finds where a JSON object or array ends, 64 bytes at a time. The twin of PlainSkipper in skipper.ts, which says
;; what is checked on the way; wasm-skipper.ts drives it. The state of a container that is not closed yet is kept from
;; one call to the next, so a document can come in pieces of any size.
;;
;; On the way it can write out the container reduced to the fields of a mask (field-mask.ts). Only objects that the mask
;; looks into are "active": $active of them stand one in another, and a node of the mask goes with each. At the depth
;; that equals $active every member's name is looked up; deeper down only brackets count. A list hands its node on to
;; its elements. Where a text is not laid out as expected (a blank before a colon, an escape in a name) $odd is set, and
;; the caller takes the container whole.
;;
;; Memory: the exported globals below say where each part begins, and wasm-skipper.ts reads them: no address stands twice.
;; Two parts are the module's own: at 0 one byte for each open bracket, up to 10,000 of them; at 10240 for each active
;; depth the node that goes with it, and at 10496 whether a member or element of it was written.
(module
  (memory (export "memory") 12)

  ;; The mask: places of sixteen bytes. Last four bytes of a name (4), its node (1), the node of its value or 0 where that
  ;; is wanted whole (1), its length (1), flags: 1 in use, 2 sets $seen (1), its address (4). A name stands in the place that
  ;; its hash names or the next free one. $place_shift leaves of a hash the number of a place: 23 for 512 places.
  (global $mask (export "mask") i32 (i32.const 11264))
  (global $place_shift (export "placeShift") i32 (i32.const 23))
  ;; The mask's names, up to the text that is looked for.
  (global $names (export "names") i32 (i32.const 19456))
  ;; The text that is looked for, and behind it the one for which an entry is kept whole.
  (global $text (export "text") i32 (i32.const 23552))
  (global $whole_text (export "wholeText") i32 (i32.const 24576))
  ;; The tail of the piece before, which ends where the piece being read begins; behind that stands what is written.
  (global $tail (export "tail") i32 (i32.const 25088))
  (global $piece (export "piece") i32 (i32.const 25600))
  (global $written (export "written") i32 (i32.const 288768))
  ;; What fit.wat has of the memory, two pages that nothing else stands in.
  (global $shapes (export "shapes") i32 (i32.const 655360))

  ;; Where the next byte is written: from $written on.
  (global $out (export "out") (mut i32) (i32.const 0))
  ;; 1 where a name that sets it was met since "open".
  (global $seen (export "seen") (mut i32) (i32.const 0))
  ;; 1 where what was written is no good.
  (global $odd (export "odd") (mut i32) (i32.const 0))
  ;; 1 after an escape that can mean a plain character, \u or \/: the text that is looked for may be there in
  ;; that form, so the entry must be kept.
  (global $hidden (export "hidden") (mut i32) (i32.const 0))
  ;; After a fault: where it is.
  (global $fault_at (export "faultAt") (mut i32) (i32.const 0))

  (global $depth (mut i32) (i32.const 0))
  ;; How many containers may stand one in another.
  (global $room (mut i32) (i32.const 0))
  (global $active (mut i32) (i32.const 0))
  ;; The node of the value that comes next, where its name was just met.
  (global $armed (mut i32) (i32.const 0))
  ;; Where the bytes begin that are to be written when their end is known; 0 where none are.
  (global $from (mut i32) (i32.const 0))
  ;; Behind the last backslash, or where one may stand; 0 where there is none near.
  (global $slash (mut i32) (i32.const 0))
  ;; All ones between an opening quote and its closing one.
  (global $in_string (mut i64) (i64.const 0))
  ;; 1 where the next byte stands behind a backslash.
  (global $escaped (mut i64) (i64.const 0))

  ;; Begins inside a container that $bracket has opened, and writes what $node wants of it; 0 is no node.
  (func (export "open") (param $bracket i32) (param $node i32) (param $room i32)
    (i32.store8 (i32.const 0) (local.get $bracket))
    (global.set $depth (i32.const 1))
    (global.set $room (local.get $room))
    (global.set $in_string (i64.const 0))
    (global.set $escaped (i64.const 0))
    (global.set $seen (i32.const 0))
    (global.set $odd (i32.const 0))
    (global.set $hidden (i32.const 0))
    (global.set $slash (i32.const 0))
    (global.set $armed (i32.const 0))
    (global.set $from (i32.const 0))
    (global.set $active (i32.const 0))
    (global.set $out (global.get $written))
    (if (local.get $node) (then (call $enter (local.get $bracket) (local.get $node)))))

  ;; How often the text of $length bytes at $text stands in [$at, $end), up to $most. Its first and last byte are looked
  ;; for, sixteen places at a time.
  (func (export "count") (param $text i32) (param $length i32) (param $at i32) (param $end i32) (param $most i32) (result i32)
    (local $count i32)
    (local $first v128) (local $last v128) (local $found i32) (local $here i32) (local $index i32) (local $behind i32)
    (local.set $behind (i32.sub (local.get $length) (i32.const 1)))
    (local.set $first (i8x16.splat (i32.load8_u (local.get $text))))
    (local.set $last (i8x16.splat (i32.load8_u (i32.add (local.get $text) (local.get $behind)))))
    ;; The first place where it cannot begin.
    (local.set $end (i32.sub (local.get $end) (local.get $behind)))
    (loop $block
      (if (i32.ge_s (local.get $at) (local.get $end)) (then (return (local.get $count))))
      (local.set $found (i8x16.bitmask (v128.and
        (i8x16.eq (v128.load (local.get $at)) (local.get $first))
        (i8x16.eq (v128.load (i32.add (local.get $at) (local.get $behind))) (local.get $last)))))
      (block $refused
        (loop $candidate
          (br_if $refused (i32.eqz (local.get $found)))
          (local.set $here (i32.add (local.get $at) (i32.ctz (local.get $found))))
          (br_if $refused (i32.ge_s (local.get $here) (local.get $end)))
          (local.set $found (i32.and (local.get $found) (i32.sub (local.get $found) (i32.const 1))))
          (local.set $index (i32.const 1))
          (loop $compare
            (if (i32.ge_s (local.get $index) (local.get $behind))
              (then
                (local.set $count (i32.add (local.get $count) (i32.const 1)))
                (if (i32.eq (local.get $count) (local.get $most)) (then (return (local.get $count))))
                (br $candidate)))
            (br_if $candidate (i32.ne
              (i32.load8_u (i32.add (local.get $here) (local.get $index)))
              (i32.load8_u (i32.add (local.get $text) (local.get $index)))))
            (local.set $index (i32.add (local.get $index) (i32.const 1)))
            (br $compare))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $block))
    (unreachable))

  (func $fail (param $at i32) (result i32)
    (global.set $fault_at (local.get $at))
    (i32.const -2))

  (func $write (param $byte i32)
    (i32.store8 (global.get $out) (local.get $byte))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  ;; Writes [$from, $to), and nothing more until a wanted member comes. What is written in front of the piece had been
  ;; written with the piece before: where $to stands there, as much is taken back.
  (func $flush (param $to i32)
    (local $at i32) (local $to_address i32)
    (local.set $at (global.get $from))
    (global.set $from (i32.const 0))
    (local.set $to_address (global.get $out))
    (global.set $out (i32.add (local.get $to_address) (i32.sub (local.get $to) (local.get $at))))
    (block $done
      (loop $copy
        (br_if $done (i32.ge_s (local.get $at) (local.get $to)))
        (v128.store (local.get $to_address) (v128.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $to_address (i32.add (local.get $to_address) (i32.const 16)))
        (br $copy))))

  ;; An object or list becomes active.
  (func $enter (param $bracket i32) (param $node i32)
    (if (i32.ge_u (global.get $active) (i32.const 250)) (then (global.set $odd (i32.const 1)) (return)))
    (global.set $active (i32.add (global.get $active) (i32.const 1)))
    (i32.store8 offset=10240 (global.get $active) (local.get $node))
    (i32.store8 offset=10496 (global.get $active) (i32.const 0))
    (global.set $armed (i32.const 0))
    (call $write (local.get $bracket)))

  ;; In front of a member or element that is written: a comma where it is not the first.
  (func $separate
    (if (i32.load8_u offset=10496 (global.get $active)) (then (call $write (i32.const 0x2c))))
    (i32.store8 offset=10496 (global.get $active) (i32.const 1)))

  ;; The $bracket at $here opens a container in the innermost active one, which is a list where $in_list.
  (func $opens (param $here i32) (param $bracket i32) (param $in_list i32)
    (if (global.get $armed)
      (then
        (call $flush (local.get $here))
        (call $enter (local.get $bracket) (global.get $armed))
        (return)))
    (if (local.get $in_list)
      (then
        (call $separate)
        (call $enter (local.get $bracket) (i32.load8_u offset=10240 (global.get $active))))))

  ;; The opening quote of the name or string whose closing one is at $quote; 0, and $odd, where it has a backslash in it
  ;; or is too long.
  (func $opening (param $quote i32) (result i32)
    (local $at i32) (local $byte i32)
    (local.set $at (local.get $quote))
    (loop $back
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.eq (local.get $byte) (i32.const 0x22))
        (then
          (if (i32.ne (i32.load8_u (i32.sub (local.get $at) (i32.const 1))) (i32.const 0x5c))
            (then (return (local.get $at))))))
      (br_if $back (i32.and (i32.ne (local.get $byte) (i32.const 0x5c))
        (i32.gt_u (local.get $at) (i32.sub (local.get $quote) (i32.const 250))))))
    (global.set $odd (i32.const 1))
    (i32.const 0))

  ;; A scalar that is being written ends in front of the name whose closing quote is at $quote.
  (func $ends (param $quote i32)
    (local $at i32) (local $least i32)
    (local.set $at (call $opening (local.get $quote)))
    (if (i32.eqz (local.get $at)) (then (global.set $from (i32.const 0)) (return)))
    (local.set $least (i32.sub (local.get $at) (i32.const 200)))
    (loop $back
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br_if $back (i32.and (i32.le_u (i32.load8_u (local.get $at)) (i32.const 0x20))
        (i32.gt_u (local.get $at) (local.get $least)))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x2c)) (then (global.set $odd (i32.const 1))))
    (call $flush (local.get $at)))

  ;; The colon at $colon stands behind the name of a member of the innermost active object.
  (func $member (param $colon i32)
    (local $quote i32) (local $tail i32) (local $node i32) (local $place i32) (local $at i32) (local $start i32)
    (local $length i32) (local $text i32) (local $index i32)
    (local.set $quote (i32.sub (local.get $colon) (i32.const 1)))
    (if (i32.ne (i32.load8_u (local.get $quote)) (i32.const 0x22)) (then (global.set $odd (i32.const 1)) (return)))
    (if (global.get $from) (then (call $ends (local.get $quote))))
    (global.set $armed (i32.const 0))
    (local.set $tail (i32.load (i32.sub (local.get $quote) (i32.const 4))))
    (local.set $node (i32.load8_u offset=10240 (global.get $active)))
    (local.set $place (i32.shr_u
      (i32.mul (i32.const 0x9e3779b1) (i32.xor (local.get $tail) (i32.mul (i32.const 0x01000193) (local.get $node))))
      (global.get $place_shift)))
    (loop $try
      (local.set $at (i32.add (global.get $mask) (i32.shl (local.get $place) (i32.const 4))))
      (if (i32.eqz (i32.load8_u offset=7 (local.get $at)))
        (then
          ;; No name of the mask. With an escape in it, it may be one that is written in another way.
          (if (i32.gt_u (global.get $slash) (i32.sub (local.get $quote) (i32.const 256)))
            (then (drop (call $opening (local.get $quote)))))
          (return)))
      (local.set $place (i32.and (i32.add (local.get $place) (i32.const 1))
        (i32.shr_u (i32.const -1) (global.get $place_shift))))
      (br_if $try (i32.ne (i32.load (local.get $at)) (local.get $tail)))
      (br_if $try (i32.ne (i32.load8_u offset=4 (local.get $at)) (local.get $node)))
      (local.set $length (i32.load8_u offset=6 (local.get $at)))
      (local.set $start (i32.sub (local.get $quote) (i32.add (local.get $length) (i32.const 1))))
      (br_if $try (i32.ne (i32.load8_u (local.get $start)) (i32.const 0x22)))
      (local.set $text (i32.load offset=8 (local.get $at)))
      (local.set $index (i32.const 0))
      (block $same
        (loop $compare
          (br_if $same (i32.ge_u (local.get $index) (local.get $length)))
          (br_if $try (i32.ne
            (i32.load8_u (i32.add (local.get $text) (local.get $index)))
            (i32.load8_u offset=1 (i32.add (local.get $start) (local.get $index)))))
          (local.set $index (i32.add (local.get $index) (i32.const 1)))
          (br $compare))))
    ;; An escaped quote is not where a name begins.
    (if (i32.eq (i32.load8_u (i32.sub (local.get $start) (i32.const 1))) (i32.const 0x5c))
      (then (global.set $odd (i32.const 1)) (return)))
    (if (i32.and (i32.load8_u offset=7 (local.get $at)) (i32.const 2)) (then (global.set $seen (i32.const 1))))
    (call $separate)
    (global.set $from (local.get $start))
    (global.set $armed (i32.load8_u offset=5 (local.get $at))))

  ;; The colons outside of strings among the 64 bytes at $at.
  (func $colons (param $at i32) (param $outside i64) (result i64)
    (i64.and (local.get $outside)
      (i64.or
        (i64.or
          (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (i32.const 0x3a)))))
          (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=16 (local.get $at)) (i8x16.splat (i32.const 0x3a))))) (i64.const 16)))
        (i64.or
          (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=32 (local.get $at)) (i8x16.splat (i32.const 0x3a))))) (i64.const 32))
          (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=48 (local.get $at)) (i8x16.splat (i32.const 0x3a))))) (i64.const 48))))))

  ;; Reads [$at, $end). Returns the address behind the closing bracket, -1 where the piece ends before it, -2 on a fault.
  ;; A mask has a bit for each of the 64 bytes at hand, the first byte's lowest.
  (func (export "skip") (param $at i32) (param $end i32) (result i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $width i32) (local $valid i64) (local $last i64)
    (local $quotes i64) (local $slashes i64) (local $escapers i64) (local $escapes i64) (local $low i64)
    (local $strings i64) (local $faults i64) (local $brackets i64) (local $events i64) (local $outside i64)
    (local $here i32) (local $byte i32) (local $kind i32) (local $depth i32) (local $in_string i64)

    (local.set $depth (global.get $depth))
    (local.set $in_string (global.get $in_string))
    (if (global.get $from) (then (global.set $from (local.get $at))))
    ;; A name may have begun in the piece before, with an escape.
    (if (global.get $slash) (then (global.set $slash (local.get $at))))
    (loop $block
      (if (i32.ge_u (local.get $at) (local.get $end))
        (then
          (if (global.get $from) (then (call $flush (local.get $end)) (global.set $from (local.get $end))))
          (if (i32.lt_u (i32.add (global.get $slash) (i32.const 256)) (local.get $end))
            (then (global.set $slash (i32.const 0))))
          (global.set $depth (local.get $depth))
          (global.set $in_string (local.get $in_string))
          (return (i32.const -1))))
      (local.set $width (i32.sub (local.get $end) (local.get $at)))
      (local.set $valid (i64.const -1))
      ;; The piece's last bytes: what stands behind them is the next piece's.
      (if (i32.lt_u (local.get $width) (i32.const 64))
        (then (local.set $valid (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $width))) (i64.const 1))))
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
        (then
          (global.set $slash (i32.add (local.get $at) (i32.const 64)))
          (local.set $slashes (i64.and (local.get $valid)
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
              ;; At a piece's end what is behind the backslash is not known yet, and may be anything.
              (local.set $here (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $escapers)))))
              (local.set $byte (i32.load8_u offset=1 (local.get $here)))
              (if (i32.or
                    (i32.or (i32.eq (local.get $byte) (i32.const 0x75)) (i32.eq (local.get $byte) (i32.const 0x2f)))
                    (i32.eq (local.get $here) (i32.sub (local.get $end) (i32.const 1))))
                (then (global.set $hidden (i32.const 1))))
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
      (local.set $strings (i64.xor (local.get $strings) (local.get $in_string)))
      (local.set $in_string (i64.shr_s (local.get $strings) (i64.const 63)))
      (local.set $outside (i64.and (local.get $valid) (i64.xor (local.get $strings) (i64.const -1))))

      ;; Faults: control characters in strings, backslashes outside of them.
      (local.set $faults (i64.and (local.get $slashes) (local.get $outside)))
      (if (v128.any_true (v128.or
          (v128.or (i8x16.lt_u (local.get $a) (i8x16.splat (i32.const 0x20))) (i8x16.lt_u (local.get $b) (i8x16.splat (i32.const 0x20))))
          (v128.or (i8x16.lt_u (local.get $c) (i8x16.splat (i32.const 0x20))) (i8x16.lt_u (local.get $d) (i8x16.splat (i32.const 0x20))))))
        (then (local.set $faults (i64.or (local.get $faults) (i64.and (i64.and (local.get $valid) (local.get $strings))
        (i64.or
          (i64.or (i64.extend_i32_u (i8x16.bitmask (i8x16.lt_u (local.get $a) (i8x16.splat (i32.const 0x20)))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.lt_u (local.get $b) (i8x16.splat (i32.const 0x20))))) (i64.const 16)))
          (i64.or (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.lt_u (local.get $c) (i8x16.splat (i32.const 0x20))))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.lt_u (local.get $d) (i8x16.splat (i32.const 0x20))))) (i64.const 48)))))))))
      ;; Nothing behind the first fault counts.
      (local.set $outside (i64.and (local.get $outside)
        (i64.sub (i64.and (local.get $faults) (i64.sub (i64.const 0) (local.get $faults))) (i64.const 1))))

      ;; Brackets: with the bits 0x26 set they are all 0x7f; so are Y, y, _ and DEL, which do not count.
      (local.set $brackets (i64.and (local.get $outside)
        (i64.or
          (i64.or (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.or (local.get $a) (i8x16.splat (i32.const 0x26))) (i8x16.splat (i32.const 0x7f)))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.or (local.get $b) (i8x16.splat (i32.const 0x26))) (i8x16.splat (i32.const 0x7f))))) (i64.const 16)))
          (i64.or (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.or (local.get $c) (i8x16.splat (i32.const 0x26))) (i8x16.splat (i32.const 0x7f))))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.or (local.get $d) (i8x16.splat (i32.const 0x26))) (i8x16.splat (i32.const 0x7f))))) (i64.const 48))))))
      (local.set $events (local.get $brackets))
      (if (i32.eq (local.get $depth) (global.get $active))
        (then (local.set $events (i64.or (local.get $events) (call $colons (local.get $at) (local.get $outside))))))

      (block $matched
        (loop $match
          (br_if $matched (i64.eqz (local.get $events)))
          (local.set $here (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $events)))))
          (local.set $events (i64.and (local.get $events) (i64.sub (local.get $events) (i64.const 1))))
          (local.set $byte (i32.load8_u (local.get $here)))
          ;; 4 for closing brackets, 2 for opening ones.
          (local.set $kind (i32.and (local.get $byte) (i32.const 6)))
          (if (i32.eq (local.get $kind) (i32.const 4))
            (then
              (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
              (if (i32.ne (local.get $byte) (i32.add (i32.load8_u (local.get $depth)) (i32.const 2)))
                (then (return (call $fail (local.get $here)))))
              (if (i32.gt_s (i32.add (global.get $active) (i32.const 1)) (local.get $depth))
                (then
                  (if (i32.lt_s (local.get $depth) (global.get $active))
                    ;; The innermost active container ends.
                    (then
                      (if (global.get $from) (then (call $flush (local.get $here))))
                      (call $write (local.get $byte))
                      (global.set $armed (i32.const 0))
                      (global.set $active (i32.sub (global.get $active) (i32.const 1))))
                    ;; A container in it ends, and names come again.
                    (else
                      (if (global.get $from) (then (call $flush (i32.add (local.get $here) (i32.const 1)))))
                      (local.set $events (i64.or (local.get $brackets) (call $colons (local.get $at) (local.get $outside))))
                      (local.set $low (i64.shl (i64.const -2) (i64.extend_i32_u (i32.sub (local.get $here) (local.get $at)))))
                      (local.set $events (i64.and (local.get $events) (local.get $low)))))
                  (if (i32.eqz (local.get $depth)) (then (return (i32.add (local.get $here) (i32.const 1)))))))
              (br $match)))
          (if (i32.eq (local.get $kind) (i32.const 2))
            (then
              ;; A colon, 0x3a, is of this kind, too.
              (if (i32.eq (local.get $byte) (i32.const 0x3a))
                (then (call $member (local.get $here)) (br $match)))
              (if (i32.eq (local.get $depth) (global.get $room))
                (then (return (call $fail (local.get $here)))))
              (i32.store8 (local.get $depth) (local.get $byte))
              (if (i32.eq (local.get $depth) (global.get $active))
                (then
                  (call $opens (local.get $here) (local.get $byte)
                    (i32.eq (i32.load8_u (i32.sub (local.get $depth) (i32.const 1))) (i32.const 0x5b)))
                  ;; Inside of what is not active only brackets count.
                  (if (i32.eq (local.get $depth) (global.get $active))
                    (then (local.set $events (i64.and (local.get $events) (local.get $brackets)))))))
              (local.set $depth (i32.add (local.get $depth) (i32.const 1)))))
          (br $match)))

      (if (i32.eqz (i64.eqz (local.get $faults)))
        (then (return (call $fail (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $faults))))))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br $block))
    (unreachable)))
