/** The version of the Gateway API whose schemas and rules these are, as its CRDs name it: their bundle version. */
export const crdVersion = "v1.7.0";
