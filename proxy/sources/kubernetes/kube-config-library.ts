/** Re-exports the part of the library that is used, so that the bundle does not include a client for every API. */
export { KubeConfig } from "@kubernetes/client-node";
