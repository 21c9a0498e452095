/** What `dev` says of certificates that it makes itself. */
export const certificateCodes = {
  GW2213: {
    title: "A self-signed certificate stands in for a Secret that no source declares",
    explanation:
      "Without --strict, gatewright dev makes a certificate in memory for the hostnames of the listener, so that HTTPS can be tried. Clients have to be told to accept it, as with curl --insecure. In a cluster the listener opens no port until the Secret is there.",
    fix: "Declare the Secret, or give it from files.",
  },
} as const;
