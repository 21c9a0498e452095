"use strict";

// This file is CommonJS on purpose. A bundler that converts `import` of a CommonJS module to an object would copy every
// byte of the WebAssembly binary into a property; a property that is read by `require` is passed through unchanged. The
// getters delay decoding until the first parser is made.
module.exports = {
  get simd() {
    return require("undici/lib/llhttp/llhttp_simd-wasm.js");
  },
  get plain() {
    return require("undici/lib/llhttp/llhttp-wasm.js");
  },
};
