const { ApplicationDeveloper, Gateway } = require("gatewright");

// What the compiler refuses in TypeScript: Carol makes Bob's Gateway.
module.exports = (scope) => {
  const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
  new Gateway(carol, "mine", {
    gatewayClassName: "external-lb",
    listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
  });
};
