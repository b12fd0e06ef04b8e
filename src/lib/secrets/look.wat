;; Finds the next place of a text that may give reason to look for a secret: the twin of PlainWalk in look-walks.ts, which
;; drives both; look-tables.ts says what kinds of characters there are, and its bits stand here as numbers. What stands before a place is kept from one call to the
;; next, so that a text can come in pieces.
;;
;; It stops wherever its twin stops, but for marks that can be seen to say nothing, most of those of a table, and for runs of
;; digits of base64 that were judged before: PassthroughCluster stands in a table ten thousand times.
(module
  (memory (export "memory") 4)

  ;; What each byte is, two bytes for each of the 256; a bit for each four symbols; and the piece of a text.
  (global (export "kinds") i32 (i32.const 0))
  (global $bits (export "bits") i32 (i32.const 1024))
  (global $text (export "text") i32 (i32.const 132096))
  ;; As many bytes of a text fit in.
  (global (export "room") i32 (i32.const 65536))

  ;; Runs that give no reason: 64 places of 64 bytes, with the length in front and the run from the sixteenth byte on. What is
  ;; as long as $most_known is never plain.
  (global $known i32 (i32.const 197632))
  (global $most_known i32 (i32.const 40))

  ;; The last four symbols, and how many digits of base64 stand in one piece.
  (global $gram (export "gram") (mut i32) (i32.const 0))
  (global $run (export "run") (mut i32) (i32.const 0))
  ;; The colons of the word.
  (global $colons (mut i32) (i32.const 0))

  (func (export "begin") (param $gram i32)
    (global.set $gram (local.get $gram))
    (global.set $run (i32.const 0))
    (global.set $colons (i32.const 0)))

  ;; Whether what stands behind a mark lets it say something: another comparison's sign, or the name of a parameter. What
  ;; stands behind the piece is not known.
  (func $tells (param $mark i32) (param $at i32) (param $end i32) (result i32)
    (if (i32.eq (local.get $mark) (i32.const 0x3a)) (then (return (i32.ge_u (global.get $colons) (i32.const 4)))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 1))))
    ;; A blank or the sign of another kind: no name begins with it.
    (i32.ne (i32.and (i32.load16_u (i32.shl (i32.load8_u (local.get $at)) (i32.const 1))) (i32.const 31)) (i32.const 31)))

  ;; The place of the known run that [$from, $to) may be, by its first and last four bytes.
  (func $place (param $from i32) (param $to i32) (result i32)
    (i32.add (global.get $known) (i32.shl
      (i32.shr_u
        (i32.mul (i32.const 0x9e3779b1) (i32.xor (i32.load (local.get $from))
          (i32.mul (i32.const 0x01000193) (i32.load (i32.sub (local.get $to) (i32.const 4))))))
        (i32.const 26))
      (i32.const 6))))

  ;; Keeps a run that gives no reason wherever no full stop stands in front of it.
  (func (export "learn") (param $from i32) (param $to i32)
    (local $place i32)
    (if (i32.ge_u (i32.sub (local.get $to) (local.get $from)) (global.get $most_known)) (then (return)))
    (local.set $place (call $place (local.get $from) (local.get $to)))
    (i32.store8 (local.get $place) (i32.sub (local.get $to) (local.get $from)))
    (loop $each
      (i32.store8 offset=16 (local.get $place) (i32.load8_u (local.get $from)))
      (local.set $place (i32.add (local.get $place) (i32.const 1)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br_if $each (i32.lt_u (local.get $from) (local.get $to)))))

  ;; Whether the run that begins at $from, of at least four bytes, is known. Where it may go on in the next piece, or what stands
  ;; in front of it is not known, it is not.
  (func $is_known (param $from i32) (param $end i32) (result i32)
    (local $to i32) (local $place i32)
    (if (i32.le_u (local.get $from) (global.get $text)) (then (return (i32.const 0))))
    (if (i32.eq (i32.load8_u (i32.sub (local.get $from) (i32.const 1))) (i32.const 0x2e)) (then (return (i32.const 0))))
    (local.set $to (i32.add (local.get $from) (i32.const 4)))
    (loop $more
      (if (i32.ge_u (local.get $to) (local.get $end)) (then (return (i32.const 0))))
      (if (i32.and (i32.load16_u (i32.shl (i32.load8_u (local.get $to)) (i32.const 1))) (i32.const 0x80))
        (then
          (local.set $to (i32.add (local.get $to) (i32.const 1)))
          (if (i32.ge_u (i32.sub (local.get $to) (local.get $from)) (global.get $most_known)) (then (return (i32.const 0))))
          (br $more))))
    (local.set $place (call $place (local.get $from) (local.get $to)))
    (if (i32.ne (i32.load8_u (local.get $place)) (i32.sub (local.get $to) (local.get $from))) (then (return (i32.const 0))))
    (loop $each
      (if (i32.ne (i32.load8_u offset=16 (local.get $place)) (i32.load8_u (local.get $from))) (then (return (i32.const 0))))
      (local.set $place (i32.add (local.get $place) (i32.const 1)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br_if $each (i32.lt_u (local.get $from) (local.get $to))))
    (i32.const 1))

  ;; Reads [$at, $end). Returns the place that may give reason, or $end.
  (func (export "next") (param $at i32) (param $end i32) (param $shortest i32) (result i32)
    (local $gram i32) (local $run i32) (local $kind i32) (local $byte i32)
    (local.set $gram (global.get $gram))
    (local.set $run (global.get $run))
    (block $stop
      (loop $each
        (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (local.set $kind (i32.load16_u (i32.shl (local.get $byte) (i32.const 1))))
        (local.set $gram (i32.and (i32.const 0xfffff)
          (i32.or (i32.shl (local.get $gram) (i32.const 5)) (i32.and (local.get $kind) (i32.const 31)))))
        (local.set $run (select (i32.add (local.get $run) (i32.const 1)) (i32.const 0)
          (i32.and (local.get $kind) (i32.const 0x80))))
        ;; A colon is counted here, too: the walk goes on behind it.
        (if (i32.and (i32.const 1) (i32.shr_u
          (i32.load8_u (i32.add (global.get $bits) (i32.shr_u (local.get $gram) (i32.const 3))))
          (i32.and (local.get $gram) (i32.const 7))))
          (then
            (global.set $colons (i32.add (global.get $colons) (i32.eq (local.get $byte) (i32.const 0x3a))))
            (br $stop)))
        (if (i32.eq (local.get $run) (local.get $shortest))
          (then (br_if $stop (i32.eqz (call $is_known
            (i32.add (i32.sub (local.get $at) (local.get $shortest)) (i32.const 1)) (local.get $end))))))
        (if (i32.and (local.get $kind) (i32.const 0x820))
          (then
            (br_if $stop (i32.and (local.get $kind) (i32.const 0x20)))
            (if (i32.eq (local.get $byte) (i32.const 0x3a))
              (then (global.set $colons (i32.add (global.get $colons) (i32.const 1)))))
            (br_if $stop (call $tells (local.get $byte) (local.get $at) (local.get $end)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $each (i32.ne (i32.and (local.get $kind) (i32.const 31)) (i32.const 31)))
        (global.set $colons (i32.const 0))
        ;; Behind four blanks that give no reason, more of them give none: what fills the columns of a table.
        (br_if $each (i32.ne (local.get $gram) (i32.const 0xfffff)))
        (loop $blanks
          (br_if $each (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
          (br_if $each (i32.eqz (i8x16.all_true
            (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (i32.const 0x20))))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $blanks))))
    (if (i32.eq (i32.and (local.get $kind) (i32.const 31)) (i32.const 31)) (then (global.set $colons (i32.const 0))))
    (global.set $gram (local.get $gram))
    (global.set $run (local.get $run))
    (local.get $at)))
