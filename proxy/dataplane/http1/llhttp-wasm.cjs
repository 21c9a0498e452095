"use strict";

// CommonJS on purpose. A bundler that turns `import` of a CommonJS module into an object of its own would copy every
// byte of the WebAssembly binary into a property; a property read by `require` is passed through as it is. The getters
// put the decoding off until the first parser is made.
module.exports = {
  get simd() {
    return require("undici/lib/llhttp/llhttp_simd-wasm.js");
  },
  get plain() {
    return require("undici/lib/llhttp/llhttp-wasm.js");
  },
};
