const { ApplicationDeveloper, Gateway } = require("gatewright");

// Carol makes Bob's Gateway, which the compiler refuses in TypeScript.
module.exports = (scope) => {
  const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
  new Gateway(carol, "mine", {
    gatewayClassName: "external-lb",
    listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
  });
};
