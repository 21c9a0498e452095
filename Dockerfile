# The controller and the proxy. `npm run image` prepares the context, dist/image, and builds it: see docs/cluster.md.
ARG BASE=node:24-slim
FROM ${BASE}
COPY . /gatewright
# By number: Kubernetes can then tell that it is not root (runAsNonRoot).
USER 65532:65532
ENV NODE_ENV=production
# No shell, nothing written: a read-only root file system will do.
ENTRYPOINT ["node", "/gatewright/gatewright.js"]
