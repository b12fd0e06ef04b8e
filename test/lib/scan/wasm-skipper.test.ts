/** When the scanner's module is used, and when not. */
afterEach(() => {
  jest.resetModules();
  jest.dontMock('../../../src/lib/scan/skip.wat');
});

test('the module runs on this machine', async () => {
  const { wasmSkipper } = await import('../../../src/lib/scan/wasm-skipper.js');
  expect(wasmSkipper()).not.toBeNull();
});

test('a broken module is a bug that is seen, and no slow way', async () => {
  jest.doMock('../../../src/lib/scan/skip.wat', () => Buffer.from('no module').toString('base64'));
  const { wasmSkipper } = await import('../../../src/lib/scan/wasm-skipper.js');
  expect(() => wasmSkipper()).toThrow(/WebAssembly/);
});

test('without WebAssembly there is none, and the twin does the work', async () => {
  const held = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly') ?? {};
  Object.defineProperty(globalThis, 'WebAssembly', { value: undefined, configurable: true, writable: true });
  try {
    const { wasmSkipper } = await import('../../../src/lib/scan/wasm-skipper.js');
    expect(wasmSkipper()).toBeNull();
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', held);
  }
});
