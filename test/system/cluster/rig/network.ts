/** Addresses of a cluster. They are used only in its own network namespace, so every cluster has the same. */
export const network = {
  /** The address of the only node and of the API server, on the loopback device. */
  node: "10.200.0.1",
  nodeName: "node",
  apiPort: 6443,
  pods: "10.244.0.0/16",
  podGateway: "10.244.0.1",
  podPrefix: 16,
  bridge: "cni0",
  services: "10.96.0.0/16",
  /** The address of the API server's own Service, the first one of the range. */
  apiService: "10.96.0.1",
  /** The first three bytes of the addresses for Services of type LoadBalancer; the last byte is 1 to 254. */
  loadBalancers: "10.200.1.",
} as const;

export const apiServerURL = `https://${network.node}:${network.apiPort}`;
