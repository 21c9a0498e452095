// Pulumi's users test their programs like this: with mocks, and by the program's exports.
const assert = require("node:assert");
const pulumi = require("@pulumi/pulumi");

const registered = [];
pulumi.runtime
  .setMocks({
    newResource: (args) => {
      registered.push(args.type);
      return { id: args.name, state: { ...args.inputs, status: { addresses: [{ value: "192.0.2.1" }] } } };
    },
    call: () => ({}),
  })
  .then(() => {
    const { url } = require("./bin/index.js");
    url.apply((address) => {
      assert.strictEqual(address, "http://192.0.2.1");
      assert.ok(registered.includes("kubernetes:gateway.networking.k8s.io/v1:Gateway"));
      console.log("passed");
    });
  });
