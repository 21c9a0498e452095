/** What is used of the library: named here, so that the bundle has this and not the client of every API there is. */
export { KubeConfig } from "@kubernetes/client-node";
