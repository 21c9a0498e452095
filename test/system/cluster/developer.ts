/** The name of the one cluster that a developer keeps. */
export const developersCluster = "developer";
