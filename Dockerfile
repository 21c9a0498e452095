# The controller and the proxy. `npm run image` prepares the context, dist/image, and builds it: see docs/cluster.md.
# The index of node:24-slim of August 2026 (Node.js 24.19.0), for all architectures. A tag may be moved; a digest may not.
# A newer one: `docker buildx imagetools inspect node:24-slim`, or the list of docker-library/repo-info.
ARG BASE=node:24-slim@sha256:cd84903a12dbd26b46f1f3b8144a2568c41c5d37ddd0c7a80a34c7a19786b35f
FROM ${BASE}
COPY . /gatewright
# By number: Kubernetes can then tell that it is not root (runAsNonRoot).
USER 65532:65532
ENV NODE_ENV=production
# No shell, nothing written: a read-only root file system will do.
ENTRYPOINT ["node", "/gatewright/gatewright.js"]
