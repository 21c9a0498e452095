/** Addresses of a cluster. They mean something in its own network namespace alone, so every cluster has the same. */
export const network = {
  /** On the loopback device: the one node, and what the API server listens on. */
  node: "10.200.0.1",
  nodeName: "node",
  apiPort: 6443,
  pods: "10.244.0.0/16",
  podGateway: "10.244.0.1",
  podPrefix: 16,
  bridge: "cni0",
  services: "10.96.0.0/16",
  /** The first address of the services' range: the API server's own Service. */
  apiService: "10.96.0.1",
  /** Given to Services of type LoadBalancer: the first three bytes, and the last from 1 to 254. */
  loadBalancers: "10.200.1.",
} as const;

export const apiServerURL = `https://${network.node}:${network.apiPort}`;
