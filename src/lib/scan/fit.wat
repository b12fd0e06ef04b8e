;; Tells of entries that stand one after another whether each is of a shape (json-shape.ts), byte by byte, and writes what is
;; wanted of those that are. It says yes only where the text is JSON in plain ASCII, without escapes, and every value is of
;; its type; of everything else it says nothing, and the caller parses the entry. entry-fitter.ts drives it.
;;
;; It reads where the skipper does (skip.wat), whose memory it is given with the places that are its own. Behind the piece
;; stands a zero, which is no part of any JSON: so nothing here has to look where the piece ends.
(module
  (import "skip" "memory" (memory 12))
  ;; Where what is written of a run of entries begins.
  (import "skip" "written" (global $written i32))
  ;; The shapes: nodes of 32 bytes. What it is, as the kinds of $value (4), the node of its elements (4), the largest number
  ;; or name, -1 for any (8), 1 where it is written in part (4), the number by which the places of its elements are told, or 0
  ;; (4), of a message the member that came first last time (4).
  (import "skip" "shapes" (global $shapes i32))
  ;; Members by name: places of 32 bytes. The node that has it, or 0 (4), its name's hash (4), where the name stands (4), its
  ;; length, from 2 to 32 (4), the node of its value (4), 0 where it is not written, 1 as it stands, 2 in part (4), to which 4
  ;; is added where its place is told before what is in it (4), the number by which that is told, or 0 (4), the member that came
  ;; behind it last time (4). A member stands in the
  ;; place that its hash names or the next free one.
  (global $members (export "members") i32 (i32.const 663552))
  ;; It leaves of a hash the number of a place: 22 for 1,024 places.
  (global $member_shift (export "memberShift") i32 (i32.const 22))
  (global $names (export "names") i32 (i32.const 696320))
  ;; What is known of each entry of a run, 20 bytes: where it begins and ends, where the name of a member begins and ends, 1
  ;; where a null stands in it that counts as left out.
  (global $entries (export "entries") i32 (i32.const 720896))
  (global $most_entries i32 (i32.const 2048))

  ;; Behind what is written.
  (global $out (export "out") (mut i32) (i32.const 0))
  ;; Where the next entry begins, or behind the end of the list or map.
  (global $at (export "at") (mut i32) (i32.const 0))
  ;; 1 where the list or map has ended.
  (global $ended (export "ended") (mut i32) (i32.const 0))

  (global $nulls (mut i32) (i32.const 0))
  ;; 1 where there was no room to tell of a place.
  (global $full (mut i32) (i32.const 0))
  ;; 1 inside of what is written as it stands.
  (global $copying (mut i32) (i32.const 0))
  ;; How deep values of no shape stand in one another.
  (global $depth (mut i32) (i32.const 0))

  (func $write (param $byte i32)
    (i32.store8 (global.get $out) (local.get $byte))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  ;; Tells of a place: three numbers behind what is written.
  (func $tell (param $number i32) (param $from i32) (param $to i32)
    (local $at i32)
    (local.set $at (global.get $out))
    (if (i32.ge_u (local.get $at) (i32.sub (global.get $shapes) (i32.const 12)))
      (then (global.set $full (i32.const 1)) (return)))
    (i32.store (local.get $at) (local.get $number))
    (i32.store offset=4 (local.get $at) (local.get $from))
    (i32.store offset=8 (local.get $at) (local.get $to))
    (global.set $out (i32.add (local.get $at) (i32.const 12))))

  (func $copy (param $from i32) (param $to i32)
    (local $at i32)
    (local.set $at (global.get $out))
    (global.set $out (i32.add (local.get $at) (i32.sub (local.get $to) (local.get $from))))
    (loop $more
      (v128.store (local.get $at) (v128.load (local.get $from)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br_if $more (i32.lt_u (local.get $from) (local.get $to)))))

  ;; Behind white space.
  (func $blank (param $at i32) (result i32)
    (local $byte i32)
    (loop $more
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.gt_u (local.get $byte) (i32.const 0x20)) (then (return (local.get $at))))
      (if (i32.eqz (i32.or
            (i32.or (i32.eq (local.get $byte) (i32.const 0x20)) (i32.eq (local.get $byte) (i32.const 0x0a)))
            (i32.or (i32.eq (local.get $byte) (i32.const 0x0d)) (i32.eq (local.get $byte) (i32.const 0x09)))))
        (then (return (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $more))
    (unreachable))

  ;; Behind the string whose opening quote is at $at; 0 where it is none, has an escape, or more than printable ASCII.
  (func $string (param $at i32) (result i32)
    (local $block v128) (local $found i32)
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22)) (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (loop $more
      (local.set $block (v128.load (local.get $at)))
      ;; Bytes from 0x80 on are negative.
      (local.set $found (i8x16.bitmask (v128.or
        (v128.or
          (i8x16.eq (local.get $block) (i8x16.splat (i32.const 0x22)))
          (i8x16.eq (local.get $block) (i8x16.splat (i32.const 0x5c))))
        (i8x16.lt_s (local.get $block) (i8x16.splat (i32.const 0x20))))))
      (if (i32.eqz (local.get $found))
        (then (local.set $at (i32.add (local.get $at) (i32.const 16))) (br $more))))
    (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $found))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22)) (then (return (i32.const 0))))
    (i32.add (local.get $at) (i32.const 1)))

  ;; Behind the whole number of 15 digits at most at $at; 0 where there is none, or it is above $most.
  (func $whole (param $at i32) (param $most i64) (result i32)
    (local $number i64) (local $digit i32) (local $start i32)
    (local.set $start (local.get $at))
    (block $done
      (loop $more
        (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 0x30)))
        (br_if $done (i32.gt_u (local.get $digit) (i32.const 9)))
        (local.set $number (i64.add (i64.mul (local.get $number) (i64.const 10)) (i64.extend_i32_u (local.get $digit))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $more (i32.lt_u (i32.sub (local.get $at) (local.get $start)) (i32.const 16)))))
    (if (i32.or
          (i32.gt_u (i32.sub (i32.sub (local.get $at) (local.get $start)) (i32.const 1)) (i32.const 14))
          (i32.and
            (i32.eq (i32.load8_u (local.get $start)) (i32.const 0x30))
            (i32.ne (local.get $at) (i32.add (local.get $start) (i32.const 1)))))
      (then (return (i32.const 0))))
    (if (i64.gt_u (local.get $number) (local.get $most)) (then (return (i32.const 0))))
    (local.get $at))

  ;; Behind `true` or `false`, or 0.
  (func $flag (param $at i32) (result i32)
    (local $word i32)
    (local.set $word (i32.load (local.get $at)))
    (if (i32.eq (local.get $word) (i32.const 0x65757274)) (then (return (i32.add (local.get $at) (i32.const 4)))))
    (if (i32.and
          (i32.eq (local.get $word) (i32.const 0x736c6166))
          (i32.eq (i32.load8_u offset=4 (local.get $at)) (i32.const 0x65)))
      (then (return (i32.add (local.get $at) (i32.const 5)))))
    (i32.const 0))

  ;; Behind `null`, or 0.
  (func $null (param $at i32) (result i32)
    (select (i32.add (local.get $at) (i32.const 4)) (i32.const 0)
      (i32.eq (i32.load (local.get $at)) (i32.const 0x6c6c756e))))

  ;; Behind the value of any shape at $at, or 0.
  (func $any (param $at i32) (result i32)
    (local $byte i32) (local $close i32)
    (local.set $byte (i32.load8_u (local.get $at)))
    (if (i32.eq (local.get $byte) (i32.const 0x22)) (then (return (call $string (local.get $at)))))
    (if (i32.eq (i32.and (local.get $byte) (i32.const 0xdf)) (i32.const 0x5b))
      (then
        (if (i32.gt_u (global.get $depth) (i32.const 40)) (then (return (i32.const 0))))
        (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
        (local.set $close (i32.add (local.get $byte) (i32.const 2)))
        (local.set $at (call $blank (i32.add (local.get $at) (i32.const 1))))
        (block $empty
          (br_if $empty (i32.eq (i32.load8_u (local.get $at)) (local.get $close)))
          (loop $more
            (if (i32.eq (local.get $byte) (i32.const 0x7b))
              (then
                (local.set $at (call $string (local.get $at)))
                (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
                (local.set $at (call $colon (local.get $at)))
                (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))))
            (local.set $at (call $any (local.get $at)))
            (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
            (local.set $at (call $blank (local.get $at)))
            (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2c))
              (then
                (local.set $at (call $blank (i32.add (local.get $at) (i32.const 1))))
                (br $more))))
          (if (i32.ne (i32.load8_u (local.get $at)) (local.get $close)) (then (return (i32.const 0)))))
        (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
        (return (i32.add (local.get $at) (i32.const 1)))))
    (if (i32.eq (local.get $byte) (i32.const 0x6e)) (then (return (call $null (local.get $at)))))
    (if (i32.or (i32.eq (local.get $byte) (i32.const 0x74)) (i32.eq (local.get $byte) (i32.const 0x66)))
      (then (return (call $flag (local.get $at)))))
    (call $whole
      (i32.add (local.get $at) (i32.eq (local.get $byte) (i32.const 0x2d)))
      (i64.const -1)))

  ;; Behind the colon at $at, and behind the blanks on both sides of it; 0 where there is none.
  (func $colon (param $at i32) (result i32)
    (local.set $at (call $blank (local.get $at)))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x3a)) (then (return (i32.const 0))))
    (call $blank (i32.add (local.get $at) (i32.const 1))))

  ;; The place of the member of $node whose name stands in quotes from $start to $behind: 0 where it has none of that
  ;; name, -1 where it has one that may differ in the case of letters alone. The hash is of the first four bytes and the last
  ;; four, quotes included, in small letters, and of the length.
  (func $member (param $node i32) (param $start i32) (param $behind i32) (result i32)
    (local $hash i32) (local $length i32) (local $place i32) (local $index i32) (local $name i32)
    (local $wanted i64) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $length (i32.sub (i32.sub (local.get $behind) (local.get $start)) (i32.const 2)))
    ;; The longest name of a shape, and the shortest.
    (if (i32.gt_u (i32.sub (local.get $length) (i32.const 2)) (i32.const 30)) (then (return (i32.const 0))))
    (local.set $hash (i32.add
      (i32.mul (i32.const 0x9e3779b1)
        (i32.or (i32.load (local.get $start)) (i32.const 0x20202020)))
      (i32.mul (i32.const 0x85ebca77)
        (i32.or (i32.load (i32.sub (local.get $behind) (i32.const 4))) (i32.const 0x20202020)))))
    (local.set $hash (i32.mul (i32.const 0xc2b2ae3d)
      (i32.xor (local.get $hash) (i32.add (local.get $node) (local.get $length)))))
    (local.set $index (i32.shr_u (local.get $hash) (global.get $member_shift)))
    (loop $try
      (local.set $place (i32.add (global.get $members) (i32.shl (local.get $index) (i32.const 5))))
      (if (i32.eqz (i32.load (local.get $place))) (then (return (i32.const 0))))
      (local.set $index (i32.and (i32.add (local.get $index) (i32.const 1))
        (i32.shr_u (i32.const -1) (global.get $member_shift))))
      (br_if $try (i32.ne (i32.load (local.get $place)) (local.get $node)))
      (br_if $try (i32.ne (i32.load offset=4 (local.get $place)) (local.get $hash)))
      (br_if $try (i32.ne (i32.load offset=12 (local.get $place)) (local.get $length))))
    (local.set $name (i32.load offset=8 (local.get $place)))
    (local.set $wanted (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $length))) (i64.const 1)))
    (local.set $a (v128.load offset=1 (local.get $start)))
    (local.set $b (v128.load offset=17 (local.get $start)))
    (local.set $c (v128.load (local.get $name)))
    (local.set $d (v128.load offset=16 (local.get $name)))
    (if (i64.eq (local.get $wanted) (i64.and (local.get $wanted)
          (i64.or
            (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (local.get $c))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (local.get $d)))) (i64.const 16)))))
      (then (return (local.get $place))))
    ;; Another name with the same hash, or the same in other letters.
    (i32.const -1))

  ;; Whether the name of the member in $place stands in quotes at $at.
  (func $isNamed (param $place i32) (param $at i32) (result i32)
    (local $name i32) (local $wanted i64)
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22)) (then (return (i32.const 0))))
    (local.set $name (i32.load offset=8 (local.get $place)))
    ;; The closing quote stands behind it here as well. One of 32 bytes would not be seen: it has one more.
    (local.set $wanted (i64.sub
      (i64.shl (i64.const 1) (i64.extend_i32_u (i32.add (i32.load offset=12 (local.get $place)) (i32.const 1))))
      (i64.const 1)))
    (i64.eq (local.get $wanted) (i64.and (local.get $wanted)
      (i64.or
        (i64.extend_i32_u (i8x16.bitmask (i8x16.eq
          (v128.load offset=1 (local.get $at)) (v128.load (local.get $name)))))
        (i64.shl
          (i64.extend_i32_u (i8x16.bitmask (i8x16.eq
            (v128.load offset=17 (local.get $at)) (v128.load offset=16 (local.get $name)))))
          (i64.const 16))))))

  ;; Whether the name in quotes from $start to $behind is a number of nine digits at most, and not above $most.
  (func $named (param $start i32) (param $behind i32) (param $most i64) (result i32)
    (local $number i64) (local $digit i32)
    (if (i32.gt_u (i32.sub (i32.sub (local.get $behind) (local.get $start)) (i32.const 3)) (i32.const 8))
      (then (return (i32.const 0))))
    (loop $more
      (local.set $start (i32.add (local.get $start) (i32.const 1)))
      (if (i32.eq (i32.add (local.get $start) (i32.const 1)) (local.get $behind))
        (then (return (i64.le_u (local.get $number) (local.get $most)))))
      (local.set $digit (i32.sub (i32.load8_u (local.get $start)) (i32.const 0x30)))
      (if (i32.gt_u (local.get $digit) (i32.const 9)) (then (return (i32.const 0))))
      (local.set $number (i64.add (i64.mul (local.get $number) (i64.const 10)) (i64.extend_i32_u (local.get $digit))))
      (br $more))
    (unreachable))

  ;; Behind the value at $at where it is of the shape of $node; 0 where it is not, or that is not known.
  (func $value (param $node i32) (param $at i32) (result i32)
    (local $byte i32)
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x6e))
      (then
        (if (i32.load offset=16 (local.get $node)) (then (call $copy (local.get $at) (i32.add (local.get $at) (i32.const 4)))))
        (return (call $null (local.get $at)))))
    (block $never
      (block $message
        (block $container
          (block $number
            (block $flag
              (block $text
                (block $anything
                  (br_table $anything $text $flag $number $container $container $message $never
                    (i32.load (local.get $node))))
                (return (call $any (local.get $at))))
              (return (call $string (local.get $at))))
            (return (call $flag (local.get $at))))
          (return (call $whole (local.get $at) (i64.load offset=8 (local.get $node)))))
        (return (call $elements (local.get $node) (local.get $at))))
      (return (call $fields (local.get $node) (local.get $at))))
    (i32.const 0))

  ;; Of a list or a map.
  (func $elements (param $node i32) (param $at i32) (result i32)
    (local $open i32) (local $inner i32) (local $writes i32) (local $start i32) (local $behind i32) (local $isMap i32)
    (local.set $isMap (i32.eq (i32.load (local.get $node)) (i32.const 5)))
    (local.set $open (select (i32.const 0x7b) (i32.const 0x5b) (local.get $isMap)))
    (if (i32.ne (i32.load8_u (local.get $at)) (local.get $open)) (then (return (i32.const 0))))
    (local.set $inner (i32.load offset=4 (local.get $node)))
    (local.set $writes (i32.load offset=16 (local.get $node)))
    (if (local.get $writes) (then (call $write (local.get $open))))
    (local.set $open (i32.add (local.get $open) (i32.const 2)))
    (local.set $at (call $blank (i32.add (local.get $at) (i32.const 1))))
    (block $empty
      (br_if $empty (i32.eq (i32.load8_u (local.get $at)) (local.get $open)))
      (loop $more
        (if (local.get $isMap)
          (then
            (local.set $start (local.get $at))
            (local.set $behind (call $string (local.get $at)))
            (if (i32.eqz (local.get $behind)) (then (return (i32.const 0))))
            (if (i64.ge_s (i64.load offset=8 (local.get $node)) (i64.const 0))
              (then
                (if (i32.eqz (call $named (local.get $start) (local.get $behind) (i64.load offset=8 (local.get $node))))
                  (then (return (i32.const 0))))))
            (if (local.get $writes)
              (then (call $copy (local.get $start) (local.get $behind)) (call $write (i32.const 0x3a))))
            (local.set $at (call $colon (local.get $behind)))
            (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))))
        (if (i32.load offset=20 (local.get $node))
          (then
            (call $tell
              (i32.load offset=20 (local.get $node))
              (select (local.get $start) (local.get $at) (local.get $isMap))
              (select (local.get $behind) (local.get $at) (local.get $isMap)))))
        (local.set $at (call $value (local.get $inner) (local.get $at)))
        (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
        (local.set $at (call $blank (local.get $at)))
        (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2c))
          (then
            (if (local.get $writes) (then (call $write (i32.const 0x2c))))
            (local.set $at (call $blank (i32.add (local.get $at) (i32.const 1))))
            (br $more))))
      (if (i32.ne (i32.load8_u (local.get $at)) (local.get $open)) (then (return (i32.const 0)))))
    (if (local.get $writes) (then (call $write (local.get $open))))
    (i32.add (local.get $at) (i32.const 1)))

  ;; Of a message.
  (func $fields (param $node i32) (param $at i32) (result i32)
    (local $writes i32) (local $isLater i32) (local $start i32) (local $behind i32) (local $place i32) (local $takes i32)
    (local $copying i32) (local $number i32) (local $guess i32) (local $isBefore i32)
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b)) (then (return (i32.const 0))))
    ;; Where the next member is remembered: members mostly come in the same order.
    (local.set $guess (i32.add (local.get $node) (i32.const 24)))
    (local.set $writes (i32.load offset=16 (local.get $node)))
    (if (local.get $writes) (then (call $write (i32.const 0x7b))))
    (local.set $at (call $blank (i32.add (local.get $at) (i32.const 1))))
    (block $empty
      (br_if $empty (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x7d)))
      (loop $more
        (local.set $start (local.get $at))
        (local.set $place (i32.load (local.get $guess)))
        (if (if (result i32) (local.get $place) (then (call $isNamed (local.get $place) (local.get $at))) (else (i32.const 0)))
          (then
            (local.set $behind (i32.add (i32.add (local.get $at) (i32.load offset=12 (local.get $place))) (i32.const 2))))
          (else
            (local.set $behind (call $string (local.get $at)))
            (if (i32.eqz (local.get $behind)) (then (return (i32.const 0))))
            (local.set $place (call $member (local.get $node) (local.get $start) (local.get $behind)))
            (if (i32.eq (local.get $place) (i32.const -1)) (then (return (i32.const 0))))
            (if (local.get $place) (then (i32.store (local.get $guess) (local.get $place))))))
        (local.set $at (call $colon (local.get $behind)))
        (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
        (if (local.get $place)
          (then
            (local.set $guess (i32.add (local.get $place) (i32.const 28)))
            (local.set $takes (i32.load offset=20 (local.get $place)))
            (local.set $isBefore (i32.shr_u (local.get $takes) (i32.const 2)))
            (local.set $takes (i32.and (local.get $takes) (i32.const 3)))
            (local.set $number (i32.load offset=24 (local.get $place)))
            (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x6e))
              (then
                (global.set $nulls (i32.or
                  (i32.or (global.get $nulls) (local.get $number))
                  (i32.or (local.get $takes) (global.get $copying))))))
            (if (local.get $takes)
              (then
                (if (local.get $isLater) (then (call $write (i32.const 0x2c))))
                (local.set $isLater (i32.const 1))
                (call $copy (local.get $start) (local.get $behind))
                (call $write (i32.const 0x3a))))
            (local.set $start (local.get $at))
            (if (local.get $isBefore)
              (then (call $tell (local.get $number) (local.get $at) (local.get $at)) (local.set $number (i32.const 0))))
            (local.set $copying (global.get $copying))
            (if (i32.eq (local.get $takes) (i32.const 1)) (then (global.set $copying (i32.const 1))))
            (local.set $at (call $value (i32.load offset=16 (local.get $place)) (local.get $at)))
            (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
            (global.set $copying (local.get $copying))
            (if (local.get $number) (then (call $tell (local.get $number) (local.get $start) (local.get $at))))
            (if (i32.eq (local.get $takes) (i32.const 1)) (then (call $copy (local.get $start) (local.get $at)))))
          (else
            (local.set $at (call $any (local.get $at)))
            (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))))
        (local.set $at (call $blank (local.get $at)))
        (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2c))
          (then
            (local.set $at (call $blank (i32.add (local.get $at) (i32.const 1))))
            (br $more))))
      (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7d)) (then (return (i32.const 0)))))
    (if (local.get $writes) (then (call $write (i32.const 0x7d))))
    (i32.add (local.get $at) (i32.const 1)))

  ;; Reads entries from $at on, elements of a list or members of a map as $close says, for as long as each is an object of the
  ;; shape of $node and less than $most bytes were read, and gives their number. What is wanted of them is written as a
  ;; list: the fields of $node where it is written in part, all of each entry with $whole, else nothing. With $tells it is told
  ;; where the fields stand, and behind them where the entry does, as 0: an entry with a null in place of one is passed on.
  (func (export "run") (param $node i32) (param $at i32) (param $close i32) (param $whole i32) (param $most i32)
    (param $tells i32) (result i32)
    (local $count i32) (local $entry i32) (local $start i32) (local $behind i32) (local $out i32) (local $byte i32)
    (local $end i32) (local $writes i32)
    (local.set $end (i32.add (local.get $at) (local.get $most)))
    (local.set $writes (i32.or (local.get $whole) (i32.load offset=16 (local.get $node))))
    (global.set $out (global.get $written))
    (global.set $ended (i32.const 0))
    (if (local.get $writes) (then (call $write (i32.const 0x5b))))
    (block $done
      (loop $next
        (global.set $at (local.get $at))
        (local.set $out (global.get $out))
        (br_if $done (i32.eq (local.get $count) (global.get $most_entries)))
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $entry (i32.add (global.get $entries) (i32.mul (local.get $count) (i32.const 20))))
        (local.set $at (call $blank (local.get $at)))
        (if (i32.eq (local.get $close) (i32.const 0x7d))
          (then
            (local.set $behind (call $string (local.get $at)))
            (br_if $done (i32.eqz (local.get $behind)))
            (i32.store offset=8 (local.get $entry) (i32.add (local.get $at) (i32.const 1)))
            (i32.store offset=12 (local.get $entry) (i32.sub (local.get $behind) (i32.const 1)))
            (local.set $at (call $colon (local.get $behind)))
            (br_if $done (i32.eqz (local.get $at)))))
        (br_if $done (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b)))
        (if (i32.and (local.get $writes) (i32.ne (local.get $count) (i32.const 0))) (then (call $write (i32.const 0x2c))))
        (global.set $nulls (i32.const 0))
        (global.set $full (i32.const 0))
        (global.set $copying (local.get $whole))
        (global.set $depth (i32.const 0))
        (local.set $start (local.get $at))
        (local.set $behind (call $value (local.get $node) (local.get $at)))
        (br_if $done (i32.eqz (local.get $behind)))
        (if (local.get $tells) (then (call $tell (i32.const 0) (local.get $start) (local.get $behind))))
        (br_if $done (i32.and (local.get $tells) (i32.or (global.get $full) (i32.ne (global.get $nulls) (i32.const 0)))))
        (local.set $at (call $blank (local.get $behind)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (br_if $done (i32.and
          (i32.ne (local.get $byte) (i32.const 0x2c))
          (i32.ne (local.get $byte) (local.get $close))))
        (if (local.get $whole) (then (call $copy (local.get $start) (local.get $behind))))
        (i32.store (local.get $entry) (local.get $start))
        (i32.store offset=4 (local.get $entry) (local.get $behind))
        (i32.store offset=16 (local.get $entry) (i32.ne (global.get $nulls) (i32.const 0)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.eq (local.get $byte) (i32.const 0x2c)))
        (global.set $at (local.get $at))
        (global.set $ended (i32.const 1))
        (local.set $out (global.get $out))))
    ;; What was written of an entry that is not of the shape is taken back.
    (global.set $out (local.get $out))
    (if (local.get $writes) (then (call $write (i32.const 0x5d))))
    (local.get $count)))
