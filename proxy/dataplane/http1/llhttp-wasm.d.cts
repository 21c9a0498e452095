/** llhttp from undici, compiled to WebAssembly: with SIMD instructions, and without. */
declare const binaries: { readonly simd: Uint8Array<ArrayBuffer>; readonly plain: Uint8Array<ArrayBuffer> };
export = binaries;
