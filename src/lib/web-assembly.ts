/** Whether WebAssembly can do work here: where it cannot, a twin in JavaScript does it. */

/** A module of one function that uses SIMD: it is valid where the instructions are known. */
const SIMD_MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // One type: nothing to a vector. One function of it.
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  // Its body: a zero, in every lane.
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b],
);

/** Whether this machine and this Node have WebAssembly and its SIMD; Node may be run without it (--jitless). */
export function hasSimd(): boolean {
  return typeof WebAssembly !== 'undefined' && WebAssembly.validate(SIMD_MODULE);
}
