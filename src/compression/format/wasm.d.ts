declare module '*.wasm' {
  /** The module compiled from the AssemblyScript file of the same name. */
  export const wasm: Uint8Array<ArrayBuffer>;
}

/** What is used of the WebAssembly JavaScript interface, whose types TypeScript has among those of browsers only. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(
      module: Module,
      imports?: Readonly<Record<string, Readonly<Record<string, (...values: number[]) => void>>>>,
    );
    readonly exports: object;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
}
