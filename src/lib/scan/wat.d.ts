/** A WebAssembly text file: the build and jest compile it to the module's bytes in base64. */
declare module '*.wat' {
  const base64: string;
  export = base64;
}

/** As much of the standard as is used; TypeScript has it only among the browser's types. */
declare namespace WebAssembly {
  type Module = object;
  interface Instance {
    readonly exports: unknown;
  }
  const validate: (bytes: Uint8Array) => boolean;
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module, imports?: object) => Instance;
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}
