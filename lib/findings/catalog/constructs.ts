import type { Codes } from "./entry.ts";

/** The codes that constructs and their trees report. */
export const constructCodes = {
  GW1401: {
    title: "A selected route is not bound",
    explanation:
      "`gateway.selectRoutes` binds the routes whose labels meet the selector, but only those that `allowedRoutes` of one " +
      "of the Gateway's listeners admits, by kind and by namespace. This route has the labels and is not admitted, so it " +
      "gets no parentRef. When a listener admits namespaces by a selector, the labels of the Namespace decide if the same " +
      "tree declares it; otherwise the namespace is taken to have the labels that the selector asks for.",
    fix: "Widen `allowedRoutes` of a listener, make the route in a namespace that is admitted, or take the label away.",
  },
  GW1402: {
    title: "A value that only an engine knows",
    explanation:
      "The program gives a late value, such as the Output of another resource, which nothing here can resolve. Names, " +
      "namespaces, ports, hostnames and weights may be late where the engine deploys the objects; a manifest on paper " +
      "needs the value.",
    fix: "Deploy with the engine the value comes from, or give the program the plain value when it is synthesized.",
  },
  GW1403: {
    title: "The program is asynchronous",
    explanation:
      "A program's function declares its constructs before it returns. This one returned a promise, so what it declares " +
      "after its first `await` would be missing.",
    fix: "Await what is needed before, at the top of the module, and make the exported function synchronous.",
  },
  GW1404: {
    title: "A construct's own validation failed",
    explanation: "A validation that the program added with `node.addValidation` reports an error.",
    fix: "The message is the validation's own; look at the construct it names.",
  },
  GW1405: {
    title: "A value that is not data",
    explanation:
      "A spec holds plain data: objects, lists, strings, numbers, booleans. Here stands something else, such as a " +
      "construct in a place that takes no object, a function, a Date, or data that contains itself.",
    fix: "Give the plain value. Objects may stand for their names only where the props' types say so.",
  },
  GW1430: {
    title: "The program declares nothing",
    explanation:
      "The program's function ran to its end and made no construct that declares an object, so there is nothing to check, " +
      "to write or to deploy. Where an engine deployed objects of this program before, it deletes them.",
    fix: "Make the constructs below the scope that the function gets, or take the program out of the sources.",
  },
  GW1431: {
    title: "Dependencies form a cycle",
    explanation:
      "The program says with `node.addDependency` that each of some constructs is applied after another of them. No order " +
      "fits that. A dependency on a scope is one on everything in it.",
    fix: "Take one of the calls of node.addDependency away, or turn it round.",
  },
  GW1470: {
    title: "A kind that Pulumi cannot deploy",
    explanation:
      "The Kubernetes provider of Pulumi deploys objects of the core group (`apiVersion: v1`) by the classes that " +
      "`@pulumi/kubernetes` has for their kinds. This object names no API group and a kind without such a class. Either the " +
      "kind is misspelled, or the object belongs to another group. The finding exists in a `GatewayComponent` only.",
    fix: "Correct the kind, or write the API group in apiVersion, such as apps/v1.",
  },
} satisfies Codes;
